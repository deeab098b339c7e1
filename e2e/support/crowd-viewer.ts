/** One viewer of a crowd: follows a conversation, and comes back from its cursor when it loses its connection, as the widget does. */
import {
  WEBSOCKET_SUBPROTOCOL,
  applyEvent,
  decodeEvents,
  isLogged,
  joinSnapshot,
  mintCommandId,
  type ChatEvent,
  type ConversationId,
  type View,
} from '@rivulet/protocol';
import { WebSocket } from 'ws';
import { randomBytes } from '../../packages/gateway/src/base/random.ts';

/** What every viewer may not see. A test expects 0 of each. */
export interface CrowdFaults {
  /** Events before which another one was missing. */
  gaps: number;
  /** Texts that a viewer had been shown, and of which less was left after it came back. */
  shortened: number;
  /** Refusals of the gateway. */
  rejected: number;
}

/** How long one return took, in milliseconds. */
export interface Return {
  /** From the new connection attempt to the complete state. */
  resumeMs: number;
  /** From the loss of the connection to the complete state. */
  outageMs: number;
  /** Whether the gateway sent the whole state, or only what was missed. */
  mode: 'replay' | 'snapshot';
}

/** What a viewer needs. */
export interface CrowdViewerOptions {
  conversationId: ConversationId;
  token: string;
  faults: CrowdFaults;
  /** Whether it still knows where it was when it comes back. */
  returns: 'with-cursor' | 'without-cursor';
  /** Called when the connection is lost. The owner calls `connect` again. */
  onLost: (viewer: CrowdViewer) => void;
}

/** A viewer. It opens a connection with `connect`. */
export class CrowdViewer {
  readonly conversationId: ConversationId;
  readonly #options: CrowdViewerOptions;
  readonly #checks = new Set<() => void>();
  #view: View | undefined;
  #pages: View | undefined;
  #mode: Return['mode'] = 'snapshot';
  #isSynced = false;
  #lostAtMs = NaN;

  constructor(options: CrowdViewerOptions) {
    this.#options = options;
    this.conversationId = options.conversationId;
  }

  /** The state of the conversation; undefined before the first snapshot. */
  get conversation(): View['conversation'] | undefined {
    return this.#view?.conversation;
  }

  /** Connects and resolves when the state is complete. */
  async connect(url: string): Promise<Return> {
    const startedMs = performance.now();
    this.#isSynced = false;
    this.#open(`${url.replace(/^http/, 'ws')}/v1/ws`);
    await this.until(() => this.#isSynced);
    const nowMs = performance.now();
    return { resumeMs: nowMs - startedMs, outageMs: nowMs - this.#lostAtMs, mode: this.#mode };
  }

  /** Resolves as soon as the condition holds; it is checked after each frame. */
  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!isTrue()) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  #open(url: string): void {
    const socket = new WebSocket(url, WEBSOCKET_SUBPROTOCOL);
    socket.on('error', () => undefined); // `close` follows
    socket.once('close', () => {
      this.#lostAtMs = performance.now();
      this.#options.onLost(this);
    });
    socket.once('open', () => {
      socket.send(this.#hello());
    });
    socket.on('message', (data: Buffer) => {
      for (const event of decodeEvents(data.toString()).items) this.#receive(event);
      for (const check of this.#checks) check();
    });
  }

  #hello(): string {
    const { conversationId, token, returns } = this.#options;
    const cursor =
      this.#view === undefined || returns === 'without-cursor' ? {} : { cursor: this.#view.position };
    return JSON.stringify({
      type: 'hello',
      id: mintCommandId(randomBytes),
      protocol: '1.0',
      site: 'demo',
      client: { name: 'crowd', version: '1' },
      capabilities: [],
      token,
      subscriptions: [{ conversationId, ...cursor }],
    });
  }

  #receive(event: ChatEvent): void {
    const { faults } = this.#options;
    if (event.type === 'rejected') faults.rejected += 1;
    else if (event.type === 'subscribed') this.#mode = event.mode;
    else if (event.type === 'synced') this.#isSynced = true;
    else if (event.type === 'snapshot') {
      this.#pages = joinSnapshot(this.#pages, event);
      if (event.isLast) this.#reset(this.#pages);
    } else if (isLogged(event) && this.#view !== undefined) {
      const applied = applyEvent(this.#view, event);
      if (applied.kind === 'gap') faults.gaps += 1;
      if (applied.kind === 'applied') this.#view = applied.view;
    }
  }

  /** What was shown before must be in a snapshot, too. */
  #reset(view: View): void {
    const now = textsOf(view);
    for (const [id, shown] of textsOf(this.#view))
      if (now.get(id)?.startsWith(shown) !== true) this.#options.faults.shortened += 1;
    this.#view = view;
  }
}

/** The text of each message, by id. */
const textsOf = (view: View | undefined): Map<string, string> =>
  new Map(
    view?.conversation.messages.map(({ id, parts }) => [
      id,
      parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    ]),
  );
