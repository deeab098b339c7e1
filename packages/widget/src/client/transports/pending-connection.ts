/** A line whose carrier is found after it was opened: a real line, one whose code is still on its way, or another tab's. */
import type { ChannelClose, ChatEvent, Command, CommandOf } from '@rivulet/protocol';
import { EventQueue } from './event-queue.ts';
import type { ClientChannel, ConnectionObserver } from './transport.ts';

type Outgoing = Command | readonly Command[];

/** Who finds a carrier for the line. */
export interface ConnectionOwner {
  /** The first command came; it says who speaks. */
  opened(connection: PendingConnection, hello: CommandOf<'hello'>): void;
  /** The client has closed it (`here`), or its real line ended. */
  closed(connection: PendingConnection, close: ChannelClose, where: 'here' | 'there'): void;
}

/** What is done on the way. */
export interface Carrier {
  send: (item: Outgoing) => unknown;
  /** Told of each event before the client is. */
  receive: (event: ChatEvent) => void;
}

export class PendingConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly observer: ConnectionObserver;
  isClosed = false;
  readonly #owner: ConnectionOwner;
  readonly #events = new EventQueue<ChatEvent>();
  /** Sent before there was a carrier: the hello, so it does not grow. */
  #unsent: Outgoing[] = [];
  #carry: ((item: Outgoing) => unknown) | undefined;
  #receive: (event: ChatEvent) => void = () => undefined;
  #real: ClientChannel | undefined;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(observer: ConnectionObserver, owner: ConnectionOwner) {
    this.observer = observer;
    this.#owner = owner;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  /** Nothing carries it yet. */
  get isPending(): boolean {
    return this.#carry === undefined;
  }

  send(item: Outgoing): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    if (this.#carry === undefined) this.#hold(item);
    else this.#carry(item);
    return Promise.resolve();
  }

  receive(): AsyncIterable<ChatEvent> {
    return this.#events.read();
  }

  close(close: ChannelClose): void {
    if (this.isClosed) return;
    this.#end(close, 'here');
    this.#real?.close(close);
  }

  /** From now on a real line carries it; called again, the same line another way. */
  carryBy(real: ClientChannel, { send, receive }: Carrier): void {
    const isNew = this.#real === undefined;
    this.#real = real;
    this.#carry = send;
    this.#receive = receive;
    for (const item of this.#unsent.splice(0)) send(item);
    if (isNew) void this.#pump(real);
  }

  /** From now on the leader carries it; the leader has the hello already. */
  carryOver(carry: (item: Outgoing) => unknown): void {
    this.#unsent = [];
    this.#carry = carry;
  }

  /** Nothing will carry it. */
  end(close: ChannelClose): void {
    this.#end(close, 'there');
  }

  push(event: ChatEvent): void {
    this.#events.push([event]);
  }

  #hold(item: Outgoing): void {
    this.#unsent.push(item);
    // The connection's contract: the first thing on a line is the hello, by itself.
    if (this.#unsent.length === 1) this.#owner.opened(this, item as CommandOf<'hello'>);
  }

  async #pump(real: ClientChannel): Promise<void> {
    for await (const event of real.receive()) {
      if (this.isClosed) return;
      this.#receive(event);
      this.push(event);
    }
    this.end(await real.closed);
  }

  #end(close: ChannelClose, where: 'here' | 'there'): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#events.end();
    this.#settle(close);
    this.#owner.closed(this, close, where);
  }
}
