/** One connection to the server under test: it sends what a check asks for, and records and folds what comes. */
import {
  WEBSOCKET_SUBPROTOCOL,
  decodeEvents,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  PROTOCOL_VERSION,
  type ChatEvent,
  type Command,
  type CommandId,
  type CommandOf,
  type ConversationId,
  type ErrorBody,
  type EventOf,
  type EventType,
  type MessageId,
  type Position,
  type Subscription,
} from '../index.ts';
import { BrokenPromise, expectThat, Undecided } from './broken-promise.ts';
import { Recording } from './recording.ts';

type WithoutId<C> = C extends Command ? Omit<C, 'id'> : never;
/** A command whose id is added when it is sent. */
export type NewCommand = WithoutId<Command>;
/** How the server answers a command. */
export type Answer = EventOf<'accepted'> | EventOf<'rejected'>;
/** How a connection ended. */
export interface Closed {
  code: number;
  reason: string;
}

/** What a connection needs to know of the server. */
export interface ServerFacts {
  /** Without a slash at the end. */
  readonly url: string;
  readonly site: string;
  /** The `Origin` of the connections; undefined for none. */
  readonly origin: string | undefined;
  readonly question: string;
  /** How long an event is waited for. */
  readonly timeoutMs: number;
}

/** What a `hello` says beyond the defaults. */
export interface ConnectOptions {
  token?: string | undefined;
  subscriptions?: readonly Subscription[];
}

/** A question that was accepted. */
export interface Asked {
  conversationId: ConversationId;
  messageId: MessageId;
  /** The command as it was sent. */
  command: CommandOf<'send-message'>;
  accepted: EventOf<'accepted'>;
}

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
/** Waits are for a busy server; a wait over this is for a limit that a run should not try to outlast. */
const MAX_RATE_LIMIT_WAIT_MS = 60_000;

/** A new id of a conversation. */
export const newConversationId = (): ConversationId => mintConversationId(randomBytes);
/** A new id of a message. */
export const newMessageId = (): MessageId => mintMessageId(randomBytes);

/** One connection. */
export class Visitor {
  /** What came, and the state that it makes. */
  readonly recording: Recording;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<Closed>;
  readonly #server: ServerFacts;
  readonly #socket: WebSocket;

  private constructor(server: ServerFacts, socket: WebSocket) {
    this.#server = server;
    this.#socket = socket;
    this.recording = new Recording(server.timeoutMs);
    socket.addEventListener('message', ({ data }) => {
      this.recording.record(() => decodeEvents(String(data)));
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        this.recording.end(code);
        resolve({ code, reason });
      });
    });
  }

  /** Opens a connection and sends nothing. @throws {BrokenPromise} when the server does not open it */
  static async open(server: ServerFacts): Promise<Visitor> {
    const { origin, url } = server;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, {
      protocols: [WEBSOCKET_SUBPROTOCOL],
      ...(origin === undefined ? {} : { headers: { origin } }),
    });
    const visitor = new Visitor(server, socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => {
        resolve();
      });
      socket.addEventListener('error', () => {
        reject(new BrokenPromise(`${url}/v1/ws did not open a WebSocket`));
      });
    });
    return visitor;
  }

  /** The subprotocol and the extensions that the server has chosen. */
  get negotiated(): { protocol: string; extensions: string } {
    return { protocol: this.#socket.protocol, extensions: this.#socket.extensions };
  }

  /** A `hello` for the site of the server, which is not sent. */
  hello({ token, subscriptions = [] }: ConnectOptions = {}): WithoutId<CommandOf<'hello'>> {
    return {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      site: this.#server.site,
      client: { name: 'rivulet-conformance', version: '1' },
      capabilities: [],
      subscriptions: [...subscriptions],
      ...(token === undefined ? {} : { token }),
    };
  }

  /** Sends `hello` and waits for `welcome`. */
  async greet(options: ConnectOptions = {}): Promise<EventOf<'welcome'>> {
    const id = this.send(this.hello(options));
    const isAnswer = (event: ChatEvent) =>
      event.type === 'welcome' || (event.type === 'rejected' && event.commandId === id);
    const answer = await this.recording.next(isAnswer, '`welcome`');
    if (answer.type === 'welcome') return answer;
    const { error } = answer as EventOf<'rejected'>; // `isAnswer` takes nothing else
    throw error.code === 'rate-limited' || error.code === 'proof-required'
      ? new Undecided(`the server refuses a further visitor: ${describe(error)}`)
      : new BrokenPromise(`expected \`welcome\`; the hello was rejected: ${describe(error)}`);
  }

  /** Sends a command with a new id. @returns the id */
  send(command: NewCommand): CommandId {
    const id = mintCommandId(randomBytes);
    this.sendRaw(JSON.stringify({ ...command, id }));
    return id;
  }

  /** Sends a frame as it is. */
  sendRaw(frame: string): void {
    this.#socket.send(frame);
  }

  /** Sends a command and waits for its answer. */
  async ask(command: NewCommand): Promise<Answer> {
    return this.answer(this.send(command));
  }

  /** The answer to a command. @throws {BrokenPromise} when none comes */
  async answer(id: CommandId): Promise<Answer> {
    const isAnswer = (event: ChatEvent): event is Answer =>
      (event.type === 'accepted' || event.type === 'rejected') && event.commandId === id;
    return (await this.recording.next(isAnswer, 'the answer to a command')) as Answer;
  }

  /** Sends a command and waits until it is rejected. @throws {BrokenPromise} when it is accepted */
  async askForRejection(command: NewCommand): Promise<ErrorBody> {
    const answer = await this.ask(command);
    expectThat(answer.type === 'rejected', `a \`${command.type}\` was accepted that had to be rejected`);
    return answer.error;
  }

  /** Asks the question in a new conversation, or in one that the visitor sees. Waits once when there were too many. */
  async askQuestion(conversationId = newConversationId(), text = this.#server.question): Promise<Asked> {
    const messageId = newMessageId();
    const parts = [{ type: 'text' as const, text }];
    const command = { type: 'send-message' as const, conversationId, messageId, parts };
    let id = this.send(command);
    let answer = await this.answer(id);
    if (answer.type === 'rejected' && answer.error.code === 'rate-limited') {
      const waitMs = answer.error.retryAfterMs ?? 0;
      if (waitMs > MAX_RATE_LIMIT_WAIT_MS)
        throw new Undecided(`the server takes no further message: ${describe(answer.error)}`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      id = this.send(command);
      answer = await this.answer(id);
    }
    if (answer.type === 'rejected')
      throw new BrokenPromise(`the question was rejected: ${describe(answer.error)}`);
    return { conversationId, messageId, command: { ...command, id }, accepted: answer };
  }

  /** Follows a conversation, and waits for `synced`. @returns the position that it names */
  async subscribe(conversationId: ConversationId, cursor?: Position): Promise<Position> {
    const from = this.recording.events.length;
    const answer = await this.ask({
      type: 'subscribe',
      conversationId,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (answer.type === 'rejected')
      throw new BrokenPromise(`the subscription was rejected: ${describe(answer.error)}`);
    return this.synced(conversationId, from);
  }

  /** Waits for `synced` among the events from an index on. */
  async synced(conversationId: ConversationId, from = 0): Promise<Position> {
    const isSynced = (event: ChatEvent) => event.type === 'synced' && event.conversationId === conversationId;
    const { epoch, seq } = (await this.recording.next(isSynced, '`synced`', from)) as EventOf<'synced'>;
    return { epoch, seq };
  }

  /** Waits for a `pong`: everything that the server sent before has come. */
  async ping(): Promise<void> {
    const id = this.send({ type: 'ping' });
    await this.recording.next((event) => event.type === 'pong' && event.commandId === id, '`pong`');
  }

  /** The first event of a type that comes, or has come. */
  async received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return (await this.recording.next((event) => event.type === type, `\`${type}\``)) as EventOf<Type>;
  }

  /** Waits until the server has closed the connection. @throws {BrokenPromise} when it does not */
  async untilClosed(timeoutMs = this.#server.timeoutMs): Promise<Closed> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new BrokenPromise(`the server did not close the connection within ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      return await Promise.race([this.closed, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.close(1000);
  }
}

/** An error in one line. */
export const describe = ({ code, message }: ErrorBody): string => `${code} (${message})`;
