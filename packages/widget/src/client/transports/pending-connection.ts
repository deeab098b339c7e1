/** A connection that accepts commands before its transport is known: its code is still loading, or another tab provides it. */
import type { ChannelClose, ChatEvent, Command, CommandOf } from '@rivulet/protocol';
import { EventQueue } from './event-queue.ts';
import type { ClientChannel, ConnectionObserver } from './transport.ts';

type Outgoing = Command | readonly Command[];

/** Chooses the transport of a pending connection: calls `attach`, `delegate` or `end` on it. */
export interface ConnectionOwner {
  /** The client sent its first command, the hello, which identifies the visitor. */
  opened(connection: PendingConnection, hello: CommandOf<'hello'>): void;
  /** Called once. `here`: the client closed the connection. `there`: the transport, or the tab that provides it, has ended. */
  closed(connection: PendingConnection, close: ChannelClose, where: 'here' | 'there'): void;
}

/** Sends the commands of a connection and observes its events. */
export interface Interceptor {
  /** Sends a command, or several as one frame. The result is ignored. */
  send: (item: Outgoing) => unknown;
  /** Called with each event before the client reads it. */
  receive: (event: ChatEvent) => void;
}

/** The client's end of the connection. It closes once; events that arrive later are dropped. */
export class PendingConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  /** The client's observer, to be passed to the transport. */
  readonly observer: ConnectionObserver;
  /** Whether either side has closed the connection. Only this class sets it. */
  isClosed = false;
  readonly #owner: ConnectionOwner;
  readonly #events = new EventQueue<ChatEvent>();
  /** Commands sent before there was a transport. The client waits for the welcome after its hello, so the array does not grow. */
  #unsent: Outgoing[] = [];
  #sendVia: ((item: Outgoing) => unknown) | undefined;
  #receive: (event: ChatEvent) => void = () => undefined;
  #channel: ClientChannel | undefined;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(observer: ConnectionObserver, owner: ConnectionOwner) {
    this.observer = observer;
    this.#owner = owner;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  /** Whether the connection has no transport yet. */
  get isPending(): boolean {
    return this.#sendVia === undefined;
  }

  send(item: Outgoing): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    if (this.#sendVia === undefined) this.#hold(item);
    else this.#sendVia(item);
    return Promise.resolve();
  }

  receive(): AsyncIterable<ChatEvent> {
    return this.#events.read();
  }

  close(close: ChannelClose): void {
    if (this.isClosed) return;
    this.#end(close, 'here');
    this.#channel?.close(close);
  }

  /** Uses a transport's channel, and sends it the commands so far. A second call with the same channel replaces the interceptor. */
  attach(channel: ClientChannel, { send, receive }: Interceptor): void {
    const isNew = this.#channel === undefined;
    this.#channel = channel;
    this.#sendVia = send;
    this.#receive = receive;
    for (const item of this.#unsent.splice(0)) send(item);
    if (isNew) void this.#pump(channel);
  }

  /** Sends commands through another tab, which has the hello already. Its events arrive by `push`, its close by `end`. */
  delegate(send: (item: Outgoing) => unknown): void {
    this.#unsent = [];
    this.#sendVia = send;
  }

  /** Closes the connection as from the gateway's side. */
  end(close: ChannelClose): void {
    this.#end(close, 'there');
  }

  /** Delivers an event to the client. */
  push(event: ChatEvent): void {
    this.#events.push([event]);
  }

  #hold(item: Outgoing): void {
    this.#unsent.push(item);
    // The client's contract: the first command is the hello, in a frame of its own.
    if (this.#unsent.length === 1) this.#owner.opened(this, item as CommandOf<'hello'>);
  }

  async #pump(channel: ClientChannel): Promise<void> {
    for await (const event of channel.receive()) {
      if (this.isClosed) return;
      this.#receive(event);
      this.push(event);
    }
    this.end(await channel.closed);
  }

  #end(close: ChannelClose, where: 'here' | 'there'): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#events.end();
    this.#settle(close);
    this.#owner.closed(this, close, where);
  }
}
