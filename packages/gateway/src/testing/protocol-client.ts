/** The plainest client of the protocol: says what a test says, keeps all that it hears, and folds it. */
import {
  WEBSOCKET_SUBPROTOCOL,
  decodeEvents,
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
import { randomBytes } from '../base/random.ts';
import { EventRecorder } from './event-recorder.ts';

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
  readonly closed: Promise<{ code: number }>;
  readonly #socket: WebSocket;
  readonly #recorder = new EventRecorder();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#recorder.take(decodeEvents(data.toString()).items);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve({ code });
        this.#recorder.end();
      });
    });
  }

  /** All that came, in order. */
  get events(): ChatEvent[] {
    return this.#recorder.events;
  }

  get view(): View | undefined {
    return this.#recorder.view;
  }

  /** What it has from before, or nothing any more. */
  set view(view: View | undefined) {
    this.#recorder.view = view;
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
    await client.received('welcome');
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
  answer(commandId: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    return this.#recorder.answer(commandId);
  }

  /** The first event of a type, now or when it comes. */
  received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return this.#recorder.received(type);
  }

  /** Resolves as soon as `isSo`, asked after each frame. @throws {Error} when the line closes first */
  until(isSo: () => boolean, what?: string): Promise<void> {
    return this.#recorder.until(isSo, what);
  }

  /** The text of the last message of the view, empty without one. */
  get text(): string {
    return this.#recorder.text;
  }

  pause(): void {
    this.#socket.pause();
  }

  /** Cuts the line without a word, as a lost network does. */
  cut(): Promise<unknown> {
    this.#socket.terminate();
    return this.closed;
  }
}
