/** A client of the gateway within it: a session whose frames never leave the process, for the endpoints of other protocols. */
import {
  applyEvent,
  ChatError,
  isLogged,
  joinSnapshot,
  type ChannelClose,
  type ChatEvent,
  type Command,
  type CommandId,
  type CommandOf,
  type EventOf,
  type View,
} from '@rivulet/protocol';
import type { RequestOrigin } from '../sites/origins.ts';
import type { Frame } from '../transports/frame.ts';
import type { GatewayChannel, Incoming } from '../transports/transport.ts';

/** What a local client needs. */
export interface LocalClientOptions {
  /** Starts a session on a channel. The session owns the channel and serves it until it is closed. */
  serve: (channel: GatewayChannel, origin: RequestOrigin) => void;
  origin: RequestOrigin;
  hello: CommandOf<'hello'>;
}

/** Called with each new state of the conversation. A promise that it returns is what the session waits for before it sends more. */
export type ViewListener = (view: View) => Promise<void> | undefined;

/** A client that may follow one conversation. The session admits, authorizes and limits it like every other. */
export interface LocalClient {
  /** The event `welcome`. @throws {ChatError} why the client was not admitted */
  readonly welcome: Promise<EventOf<'welcome'>>;
  /** Sends a command, after the welcome. @throws {ChatError} why it was rejected; `draining` when the session ended before it answered */
  send(command: Exclude<Command, { type: 'hello' }>): Promise<EventOf<'accepted'>>;
  /** Resolves with the first complete state of the conversation that is followed. @throws {ChatError} `draining`, `not-found` */
  readonly view: Promise<View>;
  /** Calls the listener with the state of now, if there is one, and with each later one. */
  follow(listener: ViewListener): void;
  /** Called when nothing has happened for a while, so that a connection that carries this one does not look dead. */
  onIdle: () => void;
  /** Resolves when the session has ended, with the reason; undefined: this client has closed it. */
  readonly closed: Promise<ChatError | undefined>;
  /** Ends the session. Runs continue. */
  close(): void;
}

/** Opens the session. */
export function openLocalClient({ serve, origin, hello }: LocalClientOptions): LocalClient {
  const client = new Client(hello);
  serve(client.channel, origin);
  return client;
}

type Answer = PromiseWithResolvers<EventOf<'accepted'>>;

class Client implements LocalClient {
  readonly channel: GatewayChannel;
  readonly closed: Promise<ChatError | undefined>;
  onIdle: () => void = () => undefined;
  readonly #welcome = quiet<EventOf<'welcome'>>();
  readonly #first = quiet<View>();
  readonly #end = Promise.withResolvers<ChannelClose>();
  readonly #ended = Promise.withResolvers<ChatError | undefined>();
  readonly #answers = new Map<CommandId, Answer>();
  readonly #inbox: Incoming[];
  readonly #helloId: CommandId;
  #wake: () => void = () => undefined;
  #isClosed = false;
  /** The pages of a snapshot that has not arrived completely. */
  #pages: View | undefined;
  #view: View | undefined;
  #listener: ViewListener = () => undefined;

  constructor(hello: CommandOf<'hello'>) {
    this.#helloId = hello.id;
    this.#inbox = [{ kind: 'command', command: hello }];
    this.closed = this.#ended.promise;
    this.channel = {
      closed: this.#end.promise,
      receive: () => this.#receive(),
      send: (frame) => this.#take(frame),
      close: (how) => {
        this.#close(how, new ChatError('draining'));
      },
    };
  }

  get welcome(): Promise<EventOf<'welcome'>> {
    return this.#welcome.promise;
  }

  get view(): Promise<View> {
    return this.#first.promise;
  }

  send(command: Exclude<Command, { type: 'hello' }>): Promise<EventOf<'accepted'>> {
    const answer = quiet<EventOf<'accepted'>>();
    if (this.#isClosed) answer.reject(new ChatError('draining'));
    else {
      this.#answers.set(command.id, answer);
      this.#inbox.push({ kind: 'command', command });
      this.#wake();
    }
    return answer.promise;
  }

  follow(listener: ViewListener): void {
    this.#listener = listener;
    if (this.#view !== undefined) void listener(this.#view);
  }

  close(): void {
    this.#ended.resolve(undefined);
    this.#close({ code: 1000, reason: '' }, new ChatError('draining'));
  }

  async *#receive(): AsyncGenerator<Incoming> {
    for (;;) {
      const item = this.#inbox.shift();
      if (this.#isClosed) return;
      if (item === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield item;
    }
  }

  #take({ events }: Frame): Promise<void> | undefined {
    let taken: Promise<void> | undefined;
    for (const event of events) taken = this.#see(event) ?? taken;
    return taken;
  }

  #see(event: ChatEvent): Promise<void> | undefined {
    switch (event.type) {
      case 'welcome':
        this.#welcome.resolve(event);
        return undefined;
      case 'accepted':
        this.#answers.get(event.commandId)?.resolve(event);
        this.#answers.delete(event.commandId);
        return undefined;
      case 'rejected':
        this.#reject(event);
        return undefined;
      case 'pong':
        this.onIdle();
        return undefined;
      case 'snapshot':
        this.#pages = joinSnapshot(this.#pages, event);
        return event.isLast ? this.#show(this.#pages) : undefined;
      case 'conversation-removed':
        this.#close({ code: 1000, reason: '' }, new ChatError('not-found'));
        return undefined;
      default:
        return isLogged(event) ? this.#apply(event) : undefined;
    }
  }

  #apply(event: Parameters<typeof applyEvent>[1]): Promise<void> | undefined {
    if (this.#view === undefined) return undefined;
    const applied = applyEvent(this.#view, event);
    if (applied.kind === 'applied') return this.#show(applied.view);
    // The viewer sends without gaps: a client that has one would show a text with a hole.
    if (applied.kind === 'gap') this.#close({ code: 1011, reason: '' }, new ChatError('internal'));
    return undefined;
  }

  #show(view: View): Promise<void> | undefined {
    this.#view = view;
    this.#first.resolve(view);
    return this.#listener(view);
  }

  #reject({ commandId, error: body }: EventOf<'rejected'>): void {
    const error = ChatError.fromBody(body);
    const answer = commandId === undefined ? undefined : this.#answers.get(commandId);
    if (answer !== undefined && commandId !== undefined) {
      this.#answers.delete(commandId);
      answer.reject(error);
      return;
    }
    // That of the hello, or of the session itself, such as a token that has expired.
    if (commandId === this.#helloId) this.#welcome.reject(error);
    this.#close({ code: 1000, reason: '' }, error);
  }

  #close(how: ChannelClose, error: ChatError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#inbox.length = 0;
    this.#end.resolve(how);
    this.#ended.resolve(error);
    this.#welcome.reject(error);
    this.#first.reject(error);
    for (const answer of this.#answers.values()) answer.reject(error);
    this.#answers.clear();
    this.#wake();
  }
}

/** A promise whose rejection need not be awaited: whoever asks for it is told. */
function quiet<Value>(): PromiseWithResolvers<Value> {
  const deferred = Promise.withResolvers<Value>();
  deferred.promise.catch(() => undefined);
  return deferred;
}
