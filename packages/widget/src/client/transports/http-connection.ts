/** A connection over plain HTTP. Commands are sent one request at a time; events arrive in the responses that a transport reads. */
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

/** What `read` of a transport works with. A new one is passed whenever the subscriptions, the token or the positions are sent again. */
export interface ReadContext {
  /** Sends a request with the current hello, token and cursors. Rejects when there is no response, or it has an error status. */
  readonly request: (path: string) => Promise<Response>;
  /**
   * Takes a frame that was received. `continued`: it continues the stream of an earlier response, so the events that begin and
   * end a replay are not delivered.
   * @returns whether it has logged events or a snapshot
   * @throws {ChatError} bad-frame
   */
  readonly receive: (frame: string, during: 'catch-up' | 'continued') => boolean;
  /** Aborted when the connection is closed or a new `read` begins. */
  readonly signal: AbortSignal;
}

/** Options of `HttpConnection`. */
export interface HttpConnectionOptions {
  /** The absolute URL of the gateway; a path is kept. */
  gateway: string;
  /** Sends the requests. */
  environment: Pick<Environment, 'fetch'>;
  /** Notified of frames that the client cannot use. */
  observer: ConnectionObserver;
  /** Reads events until its signal is aborted. If it ends before that, the connection closes with 1006. */
  read: (context: ReadContext) => Promise<void>;
}

/**
 * The client's end of a stateless connection: every request carries a hello, so any node of the gateway may answer it.
 * @see PROTOCOL.md §14
 */
export class HttpConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly #options: HttpConnectionOptions;
  readonly #base: string;
  readonly #events = new EventQueue<ChatEvent>();
  /** The position in each conversation that is followed; undefined until it is known. */
  readonly #positions = new Map<ConversationId, Position | undefined>();
  /** Aborted when the connection is closed. */
  readonly #ending = new AbortController();
  /** The client's hello, with the newest token. */
  #hello: CommandOf<'hello'> | undefined;
  #readAbort = new AbortController();
  /** Settles when the newest command was answered. Commands are sent in order, so the next one waits for it. */
  #lastPost: Promise<void> = Promise.resolve();
  #isWelcomed = false;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#base = new URL(options.gateway).href.replace(/[?#].*$/, '').replace(/\/+$/, '');
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  /** Whether a welcome has arrived on this connection. */
  get isWelcomed(): boolean {
    return this.#isWelcomed;
  }

  send(item: Command | readonly Command[]): Promise<void> {
    for (const command of [item].flat()) if (!this.#ending.signal.aborted) this.#handle(command);
    return Promise.resolve();
  }

  receive(): AsyncIterable<ChatEvent> {
    return this.#events.read();
  }

  close(close: ChannelClose): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#readAbort.abort();
    this.#events.end();
    this.#settle(close);
  }

  #handle(command: Command): void {
    switch (command.type) {
      case 'hello':
        this.#hello = command;
        for (const { conversationId, cursor } of command.subscriptions)
          this.#positions.set(conversationId, cursor);
        this.#read();
        break;
      case 'subscribe':
        this.#positions.set(command.conversationId, command.cursor);
        this.#read();
        break;
      case 'unsubscribe':
        this.#positions.delete(command.conversationId);
        this.#read();
        break;
      case 'refresh-auth':
        // All further requests carry the new token, also that of this command and the next read.
        if (this.#hello !== undefined) this.#hello = { ...this.#hello, token: command.token };
        this.#read();
        this.#enqueue(command);
        break;
      case 'ping':
        // A ping tests whether events still arrive. A request to /v1/commands could not tell, so the stream is opened again.
        this.#read();
        break;
      default:
        this.#enqueue(command);
    }
  }

  #enqueue(command: Command): void {
    this.#lastPost = this.#lastPost.then(() => this.#post(command)).catch(this.#fail);
  }

  /** Aborts the current read and begins a new one, with the conversations that are followed now, from their positions. */
  #read(): void {
    this.#readAbort.abort();
    this.#readAbort = new AbortController();
    const { signal } = this.#readAbort;
    const { read } = this.#options;
    read({
      signal,
      request: (path) => this.#request(path, this.#helloWith([...this.#positions]), signal),
      receive: (frame, during) => !signal.aborted && this.#receive(frame, during),
    }).then(
      () => {
        // The stream ended without a close item, so the gateway did not end it (PROTOCOL.md §14.5).
        if (!signal.aborted) this.close(ABNORMAL);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#fail(error);
      },
    );
  }

  async #post(command: Command): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const response = await this.#request('/v1/commands', [this.#helloWith([]), command], this.#ending.signal);
    const frame = await response.text();
    const { events, close } = this.#decode(frame);
    const answers = events.filter(({ type }) => type !== 'welcome');
    this.#events.push(answers);
    if (close !== undefined) this.close(close);
    // Over a WebSocket the gateway subscribes the sender (PROTOCOL.md §8.4). Here the client has to follow the conversation.
    const isAccepted = answers.some(({ type }) => type === 'accepted');
    if (command.type !== 'send-message' || !isAccepted || this.#positions.has(command.conversationId)) return;
    this.#positions.set(command.conversationId, undefined);
    this.#read();
  }

  /** Sends no custom header and a text/plain body, so that a request to another origin needs no preflight. */
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

  #helloWith(positions: [ConversationId, Position | undefined][]): CommandOf<'hello'> {
    if (this.#hello === undefined)
      throw new ChatError('internal', { message: 'The first command must be hello.' });
    const subscriptions = positions.map(([conversationId, cursor]) => ({
      conversationId,
      ...(cursor === undefined ? {} : { cursor }),
    }));
    return { ...this.#hello, subscriptions };
  }

  #receive(frame: string, during: 'catch-up' | 'continued'): boolean {
    const { events, close } = this.#decode(frame);
    const isReplay = !events.some(({ type }) => type === 'snapshot' || type === 'reset');
    let hasNews = false;
    const delivered: ChatEvent[] = [];
    for (const event of events) {
      hasNews ||= isLogged(event) || event.type === 'snapshot';
      const isReplayBoundary = event.type === 'subscribed' || event.type === 'synced';
      const received = this.#track(event);
      // The client sees all polls as one stream, in which no replay begins or ends.
      if (during === 'catch-up' || !isReplay || !isReplayBoundary) delivered.push(received);
    }
    this.#events.push(delivered);
    if (close !== undefined) this.close(close);
    return hasNews;
  }

  /** Updates the token and the positions. @returns the event to deliver: a second `welcome` of the connection becomes a `pong` */
  #track(event: ChatEvent): ChatEvent {
    if (event.type === 'welcome') {
      if (event.token !== undefined && this.#hello !== undefined)
        this.#hello = { ...this.#hello, token: event.token };
      if (this.#isWelcomed) return { type: 'pong', serverTimeMs: event.serverTimeMs };
      this.#isWelcomed = true;
    } else if (event.type === 'synced' || (event.type === 'snapshot' && event.isLast)) {
      this.#setPosition(event.conversationId, { epoch: event.epoch, seq: event.seq });
    } else if (isLogged(event)) {
      // A delta does not name its conversation. When several are followed, the position stays behind, which only repeats events.
      const [only, ...others] = this.#positions.keys();
      const id = 'conversationId' in event ? event.conversationId : others.length === 0 ? only : undefined;
      const cursor = id === undefined ? undefined : this.#positions.get(id);
      if (id !== undefined && cursor !== undefined) this.#setPosition(id, { ...cursor, seq: event.seq });
    }
    return event;
  }

  #setPosition(id: ConversationId, position: Position): void {
    if (this.#positions.has(id)) this.#positions.set(id, position);
  }

  /** @throws {ChatError} bad-frame */
  #decode(frame: string): { events: ChatEvent[]; close?: ChannelClose } {
    const { items, ignored } = decodeEvents(frame);
    const close = closeItemOf(frame);
    const unknown = close === undefined ? ignored : ignored - 1;
    if (unknown > 0) this.#options.observer.ignored(unknown);
    return { events: items, ...(close === undefined ? {} : { close }) };
  }

  readonly #fail = (error: unknown): void => {
    if (error instanceof ChatError && error.code === 'bad-frame') {
      this.#options.observer.unreadable(error);
      this.close(UNREADABLE);
    } else if (error instanceof Refusal) {
      // As over a WebSocket: the error, then the close.
      this.#events.push(error.events);
      this.close(error.close);
    } else this.close(ABNORMAL);
  };
}

/** The close item of a frame, which transports without close frames send last. @see PROTOCOL.md §14.5 */
function closeItemOf(frame: string): ChannelClose | undefined {
  if (!frame.includes('"type":"close"')) return undefined;
  const last = [JSON.parse(frame) as Partial<ChannelClose> & { type?: string }].flat().at(-1); // valid JSON: decodeEvents has parsed it
  if (last?.type !== 'close' || typeof last.code !== 'number') return undefined;
  return { code: last.code, reason: last.reason ?? '' };
}

/** A response with an error status, and the close that it means for the connection. */
class Refusal extends Error {
  readonly close: ChannelClose;
  /** The error of the gateway as an event; empty when the response comes from a proxy. */
  readonly events: readonly ChatEvent[];

  constructor(close: ChannelClose, events: readonly ChatEvent[] = []) {
    super(close.reason);
    this.close = close;
    this.events = events;
  }
}

/** Reads the gateway's error. A response without one comes from a proxy and counts as a lost connection. */
async function refusalOf(response: Response): Promise<Refusal> {
  const body: unknown = await response.json().catch(() => undefined);
  const code = body !== null && typeof body === 'object' && 'code' in body ? body.code : undefined;
  const known = Object.entries(CLOSE_CODES).find(([name]) => name === code);
  if (known === undefined) return new Refusal(ABNORMAL);
  return new Refusal({ code: known[1], reason: known[0] }, rejectionOf(body));
}

function rejectionOf(error: unknown): readonly ChatEvent[] {
  try {
    return decodeEvents(JSON.stringify({ type: 'rejected', error })).items;
  } catch {
    return []; // its code is enough for the close
  }
}
