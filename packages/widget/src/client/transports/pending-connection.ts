/** A connection that can be used before it is decided what carries it: a transport whose code is still loading, or another tab. */
import type { ChannelClose, ChatEvent, Command, CommandOf } from '@rivulet/protocol';
import { EventQueue } from './event-queue.ts';
import type { ClientChannel, ConnectionObserver } from './transport.ts';

type Outgoing = Command | readonly Command[];

/** Decides what carries the connection. */
export interface ConnectionOwner {
  /** The client sent its first command, the hello, which identifies the visitor. */
  opened(connection: PendingConnection, hello: CommandOf<'hello'>): void;
  /** The client closed the connection (`here`), or what carries it ended (`there`). */
  closed(connection: PendingConnection, close: ChannelClose, where: 'here' | 'there'): void;
}

/** What happens to commands and events on their way. */
export interface Passage {
  /** Sends a command, or several as one frame. */
  send: (item: Outgoing) => unknown;
  /** Is called with each event before the client is. */
  receive: (event: ChatEvent) => void;
}

/** The client's end of the connection. It ends once, and late events are dropped. */
export class PendingConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly observer: ConnectionObserver;
  isClosed = false;
  readonly #owner: ConnectionOwner;
  readonly #events = new EventQueue<ChatEvent>();
  /** Commands that were sent before anything carried the connection: the hello alone, so the array does not grow. */
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

  /** Whether nothing carries the connection yet. */
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

  /** Lets a transport's channel carry the connection. A second call with the same channel replaces the passage. */
  attach(channel: ClientChannel, { send, receive }: Passage): void {
    const isNew = this.#channel === undefined;
    this.#channel = channel;
    this.#sendVia = send;
    this.#receive = receive;
    for (const item of this.#unsent.splice(0)) send(item);
    if (isNew) void this.#pump(channel);
  }

  /** Lets another tab carry the connection. That tab has the hello already. */
  delegate(send: (item: Outgoing) => unknown): void {
    this.#unsent = [];
    this.#sendVia = send;
  }

  /** Ends the connection from the other side. */
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
