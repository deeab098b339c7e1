/** A connection over plain HTTP: each command is a request, in order; events arrive in the responses that a transport reads. */
import {
  CLOSE_CODES,
  ChatError,
  decodeEvents,
  encodeFrame,
  isLogged,
  type ChannelClose,
  type ChatEvent,
  type Command,
  type CommandOf,
  type ConversationId,
  type Position,
} from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import { EventQueue } from './event-queue.ts';
import { ABNORMAL, UNREADABLE, type ClientChannel, type ConnectionObserver } from './transport.ts';

/** What a transport uses while it reads events. */
export interface Reading {
  /** Sends a request with the current hello: its token and cursors change over time. Rejects when there is no response. */
  readonly request: (path: string) => Promise<Response>;
  /** Takes a frame that was received. @returns whether it had anything new about a conversation */
  readonly receive: (frame: string, during: 'catch-up' | 'continued') => boolean;
  /** Aborted when the connection is closed, or starts to read anew. */
  readonly signal: AbortSignal;
}

/** Options of `HttpConnection`. */
export interface HttpConnectionOptions {
  /** The absolute URL of the gateway; a path is kept. */
  gateway: string;
  environment: Pick<Environment, 'fetch'>;
  observer: ConnectionObserver;
  /** Reads events until the response ends. */
  read: (reading: Reading) => Promise<void>;
}

/**
 * The client's end of a stateless connection: every request carries a hello, so any gateway may answer any of them.
 * @see PROTOCOL.md §14
 */
export class HttpConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly #options: HttpConnectionOptions;
  readonly #base: string;
  readonly #events = new EventQueue<ChatEvent>();
  /** The position in each conversation that is followed; undefined before the first one is known. */
  readonly #follows = new Map<ConversationId, Position | undefined>();
  readonly #end = new AbortController();
  #hello: CommandOf<'hello'> | undefined;
  #reading = new AbortController();
  #up: Promise<void> = Promise.resolve();
  #isWelcome = false;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#base = new URL(options.gateway).href.replace(/[?#].*$/, '').replace(/\/+$/, '');
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  /** Whether the gateway has answered on this connection. */
  get isWelcome(): boolean {
    return this.#isWelcome;
  }

  send(item: Command | readonly Command[]): Promise<void> {
    for (const command of [item].flat()) if (!this.#end.signal.aborted) this.#take(command);
    return Promise.resolve();
  }

  receive(): AsyncIterable<ChatEvent> {
    return this.#events.read();
  }

  close(close: ChannelClose): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#reading.abort();
    this.#events.end();
    this.#settle(close);
  }

  #take(command: Command): void {
    switch (command.type) {
      case 'hello':
        this.#hello = command;
        for (const { conversationId, cursor } of command.subscriptions)
          this.#follows.set(conversationId, cursor);
        this.#read();
        break;
      case 'subscribe':
        this.#follows.set(command.conversationId, command.cursor);
        this.#read();
        break;
      case 'unsubscribe':
        this.#follows.delete(command.conversationId);
        this.#read();
        break;
      case 'refresh-auth':
        // All further requests carry the new token, this one and the next read included.
        if (this.#hello !== undefined) this.#hello = { ...this.#hello, token: command.token };
        this.#read();
        this.#enqueue(command);
        break;
      case 'ping':
        // A ping asks whether events still arrive, which a request of its own could not tell: the stream is opened anew.
        this.#read();
        break;
      default:
        this.#enqueue(command);
    }
  }

  #enqueue(command: Command): void {
    this.#up = this.#up.then(() => this.#post(command)).catch(this.#fail);
  }

  /** Opens the stream anew: the conversations that are followed now, from their positions. */
  #read(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    const { read } = this.#options;
    read({
      signal,
      request: (path) => this.#request(path, this.#helloWith([...this.#follows]), signal),
      receive: (frame, during) => !signal.aborted && this.#receive(frame, during),
    }).then(
      () => {
        // The stream ended without a close item of the gateway: something in between has cut it.
        if (!signal.aborted) this.close(ABNORMAL);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#fail(error);
      },
    );
  }

  async #post(command: Command): Promise<void> {
    if (this.#end.signal.aborted) return;
    const response = await this.#request('/v1/commands', [this.#helloWith([]), command], this.#end.signal);
    const frame = await response.text();
    const { events, close } = this.#decode(frame);
    const answers = events.filter(({ type }) => type !== 'welcome');
    this.#events.push(answers);
    if (close !== undefined) this.close(close);
    // On a WebSocket the gateway subscribes the sender by itself (PROTOCOL.md §8); here the client does.
    const isAccepted = answers.some(({ type }) => type === 'accepted');
    if (command.type !== 'send-message' || !isAccepted || this.#follows.has(command.conversationId)) return;
    this.#follows.set(command.conversationId, undefined);
    this.#read();
  }

  /** Without a custom header and with a plain content type, a request to another origin needs no preflight. */
  async #request(path: string, body: Command | Command[], signal: AbortSignal): Promise<Response> {
    const response = await this.#options.environment.fetch(this.#base + path, {
      method: 'POST',
      body: encodeFrame(body),
      credentials: 'omit',
      cache: 'no-store',
      signal,
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  #helloWith(follows: [ConversationId, Position | undefined][]): CommandOf<'hello'> {
    if (this.#hello === undefined)
      throw new ChatError('internal', { message: 'The first command must be hello.' });
    const subscriptions = follows.map(([conversationId, cursor]) => ({
      conversationId,
      ...(cursor === undefined ? {} : { cursor }),
    }));
    return { ...this.#hello, subscriptions };
  }

  #receive(frame: string, during: 'catch-up' | 'continued'): boolean {
    const { events, close } = this.#decode(frame);
    const isReplay = !events.some(({ type }) => type === 'snapshot' || type === 'reset');
    let isNews = false;
    const delivered: ChatEvent[] = [];
    for (const event of events) {
      isNews ||= isLogged(event) || event.type === 'snapshot';
      const isFrame = event.type === 'subscribed' || event.type === 'synced';
      const received = this.#follow(event);
      // To the layers above, the next poll is the same stream: it has no beginning and no end of a replay.
      if (during === 'catch-up' || !isReplay || !isFrame) delivered.push(received);
    }
    this.#events.push(delivered);
    if (close !== undefined) this.close(close);
    return isNews;
  }

  /** Moves the cursor. @returns the event to deliver: a further `welcome` of the same connection becomes a `pong` */
  #follow(event: ChatEvent): ChatEvent {
    if (event.type === 'welcome') {
      if (event.token !== undefined && this.#hello !== undefined)
        this.#hello = { ...this.#hello, token: event.token };
      if (this.#isWelcome) return { type: 'pong', serverTimeMs: event.serverTimeMs };
      this.#isWelcome = true;
    } else if (event.type === 'synced' || (event.type === 'snapshot' && event.isLast)) {
      this.#move(event.conversationId, { epoch: event.epoch, seq: event.seq });
    } else if (isLogged(event)) {
      // A delta does not name its conversation. When several are followed, the cursor stays behind, which is always safe.
      const [only, ...others] = this.#follows.keys();
      const id = 'conversationId' in event ? event.conversationId : others.length === 0 ? only : undefined;
      const cursor = id === undefined ? undefined : this.#follows.get(id);
      if (id !== undefined && cursor !== undefined) this.#move(id, { ...cursor, seq: event.seq });
    }
    return event;
  }

  #move(id: ConversationId, position: Position): void {
    if (this.#follows.has(id)) this.#follows.set(id, position);
  }

  /** @throws {ChatError} bad-frame */
  #decode(frame: string): { events: ChatEvent[]; close?: ChannelClose } {
    const { items, ignored } = decodeEvents(frame);
    const close = closeIn(frame);
    const unknown = close === undefined ? ignored : ignored - 1;
    if (unknown > 0) this.#options.observer.ignored(unknown);
    return { events: items, ...(close === undefined ? {} : { close }) };
  }

  readonly #fail = (error: unknown): void => {
    if (error instanceof ChatError && error.code === 'bad-frame') {
      this.#options.observer.unreadable(error);
      this.close(UNREADABLE);
    } else if (error instanceof Refusal) this.close(error.close);
    else this.close(ABNORMAL);
  };
}

/** The close item that ends a stream in place of a close frame. */
function closeIn(frame: string): ChannelClose | undefined {
  if (!frame.includes('"type":"close"')) return undefined;
  const last = [JSON.parse(frame) as Partial<ChannelClose> & { type?: string }].flat().at(-1); // read above
  if (last?.type !== 'close' || typeof last.code !== 'number') return undefined;
  return { code: last.code, reason: last.reason ?? '' };
}

/** The gateway refused a request. */
class Refusal extends Error {
  readonly close: ChannelClose;

  constructor(close: ChannelClose) {
    super(close.reason);
    this.close = close;
  }
}

/** Reads the gateway's own error codes. Any other response comes from something in between and counts as a lost connection. */
async function refusalOf(response: Response): Promise<Refusal> {
  const body: unknown = await response.json().catch(() => undefined);
  const code = body !== null && typeof body === 'object' && 'code' in body ? body.code : undefined;
  const known = Object.entries(CLOSE_CODES).find(([name]) => name === code);
  return new Refusal(known === undefined ? ABNORMAL : { code: known[1], reason: known[0] });
}
