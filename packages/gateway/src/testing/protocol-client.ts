/** The plainest client of the protocol: says what a test says, keeps all that it hears, and folds it. */
import {
  WEBSOCKET_SUBPROTOCOL,
  applyEvent,
  decodeEvents,
  isLogged,
  joinSnapshot,
  mintCommandId,
  type ChatEvent,
  type Command,
  type CommandId,
  type ConversationId,
  type EventOf,
  type EventType,
  type Position,
  type View,
} from '@rivulet/protocol';
import { WebSocket, type ClientOptions } from 'ws';
import { randomBytes } from '../random.ts';

type Unnamed<C> = C extends Command ? Omit<C, 'id'> : never;

export interface HelloOptions {
  site?: string;
  token?: string;
  previousToken?: string;
  subscriptions?: { conversationId: ConversationId; cursor?: Position }[];
  /** What the client has from before. */
  view?: View | undefined;
}

export class ProtocolClient {
  /** All that came, in order. */
  readonly events: ChatEvent[] = [];
  view: View | undefined;
  readonly closed: Promise<{ code: number }>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #pages: View | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      for (const event of decodeEvents(data.toString()).items) this.#take(event);
      for (const check of this.#waiting) check();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve({ code });
        for (const check of this.#waiting) check();
      });
    });
  }

  static async open(url: string, options: ClientOptions = {}): Promise<ProtocolClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, WEBSOCKET_SUBPROTOCOL, options);
    const client = new ProtocolClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Opens, says hello and waits for the welcome. */
  static async greet(url: string, hello: HelloOptions = {}): Promise<ProtocolClient> {
    const client = await ProtocolClient.open(url);
    client.view = hello.view;
    client.hello(hello);
    await client.heard('welcome');
    return client;
  }

  hello({ site = 'demo', view: _mine, subscriptions = [], ...tokens }: HelloOptions = {}): CommandId {
    const client = { name: 'test', version: '0' };
    const hello = { type: 'hello' as const, protocol: '1.0', site, client, capabilities: [], subscriptions };
    return this.say({ ...hello, ...tokens });
  }

  say(command: Unnamed<Command>): CommandId {
    const id = mintCommandId(randomBytes);
    this.sayRaw(JSON.stringify({ ...command, id }));
    return id;
  }

  sayRaw(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  /** The answer to a command. @throws {Error} when the line closes first */
  async answer(commandId: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    const find = () =>
      this.events.find(
        (event) => (event.type === 'accepted' || event.type === 'rejected') && event.commandId === commandId,
      );
    await this.until(() => find() !== undefined, `an answer to ${commandId}`);
    return find() as EventOf<'accepted'> | EventOf<'rejected'>; // `until` has seen that it is there
  }

  /** The first event of a type, now or when it comes. */
  async heard<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    const find = () => this.events.find((event) => event.type === type);
    await this.until(() => find() !== undefined, type);
    return find() as EventOf<Type>; // `until` has seen that it is there
  }

  /** Resolves as soon as `isSo`, asked after each frame. @throws {Error} when the line closes first */
  until(isSo: () => boolean, what = 'a state'): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!isSo() && this.#socket.readyState !== WebSocket.CLOSED) return;
        this.#waiting.delete(check);
        if (isSo()) resolve();
        else reject(new Error(`the line closed before ${what}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** The text of the last message of the view, empty without one. */
  get text(): string {
    const parts = this.view?.conversation.messages.at(-1)?.parts ?? [];
    return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  }

  pause(): void {
    this.#socket.pause();
  }

  /** Cuts the line without a word, as a lost network does. */
  cut(): Promise<unknown> {
    this.#socket.terminate();
    return this.closed;
  }

  #take(event: ChatEvent): void {
    this.events.push(event);
    if (event.type === 'snapshot') {
      this.#pages = joinSnapshot(this.#pages, event);
      if (event.isLast) this.view = this.#pages;
    } else if (isLogged(event) && this.view !== undefined) {
      const applied = applyEvent(this.view, event);
      if (applied.kind === 'gap') throw new Error(`gap before ${event.seq}`);
      if (applied.kind === 'applied') this.view = applied.view;
    }
  }
}
