/** A minimal WebSocket client for tests: it sends the commands of the test, and records and folds every event. */
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
import { randomBytes } from '../base/index.ts';
import { EventRecorder } from './event-recorder.ts';

type WithoutId<C> = C extends Command ? Omit<C, 'id'> : never;

/** The fields of `hello` that a test sets, and the client's state. */
export interface HelloOptions {
  /** The site id. Default: `demo`. */
  site?: string;
  token?: string;
  previousToken?: string;
  subscriptions?: { conversationId: ConversationId; cursor?: Position }[];
  /** The state from before a reconnect. It is not sent. */
  view?: View | undefined;
}

/** A protocol client over one WebSocket connection. */
export class ProtocolClient {
  /** Resolves with the close code when the connection has closed. */
  readonly closed: Promise<{ code: number }>;
  readonly #socket: WebSocket;
  readonly #recorder = new EventRecorder();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#recorder.record(decodeEvents(data.toString()).items);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve({ code });
        this.#recorder.end();
      });
    });
  }

  /** All received events, in order. */
  get events(): ChatEvent[] {
    return this.#recorder.events;
  }

  /** The fold of the received events; undefined before the first complete snapshot. */
  get view(): View | undefined {
    return this.#recorder.view;
  }

  /** Replaces the state, for example by that from before a reconnect. */
  set view(view: View | undefined) {
    this.#recorder.view = view;
  }

  /** Opens a connection without sending `hello`. @param url the gateway's `http:` URL */
  static async open(url: string, options: ClientOptions = {}): Promise<ProtocolClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, WEBSOCKET_SUBPROTOCOL, options);
    const client = new ProtocolClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Opens a connection, sends `hello` and waits for `welcome`. */
  static async connect(url: string, hello: HelloOptions = {}): Promise<ProtocolClient> {
    const client = await ProtocolClient.open(url);
    client.view = hello.view;
    client.hello(hello);
    await client.received('welcome');
    return client;
  }

  /** Sends `hello`. @returns its command id */
  hello({ site = 'demo', view: _notSent, subscriptions = [], ...tokens }: HelloOptions = {}): CommandId {
    const client = { name: 'test', version: '0' };
    const hello = { type: 'hello' as const, protocol: '1.0', site, client, capabilities: [], subscriptions };
    return this.send({ ...hello, ...tokens });
  }

  /** Sends a command with a new id. @returns the id */
  send(command: WithoutId<Command>): CommandId {
    const id = mintCommandId(randomBytes);
    this.sendRaw(JSON.stringify({ ...command, id }));
    return id;
  }

  /** Sends a frame as it is, for example one that cannot be decoded. */
  sendRaw(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  /** Resolves with the gateway's answer to a command. @throws {Error} when the connection closes first */
  answer(commandId: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    return this.#recorder.answer(commandId);
  }

  /** Resolves with the first event of a type, now or when it is received. @throws {Error} when the connection closes first */
  received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return this.#recorder.received(type);
  }

  /** Resolves as soon as the condition holds; it is checked after each frame. @throws {Error} when the connection closes first */
  until(isTrue: () => boolean, what?: string): Promise<void> {
    return this.#recorder.until(isTrue, what);
  }

  /** The text of the last message of the view; empty when there is none. */
  get text(): string {
    return this.#recorder.text;
  }

  /** Stops reading from the socket, as a slow client does. */
  pause(): void {
    this.#socket.pause();
  }

  /** Closes the connection with a close code of the client's choice. */
  close(code: number): Promise<unknown> {
    this.#socket.close(code);
    return this.closed;
  }

  /** Terminates the connection without a close frame, as a lost network does. */
  cut(): Promise<unknown> {
    this.#socket.terminate();
    return this.closed;
  }
}
