/** A line whose carrier is found after it was opened: a real line of this tab, or the leader's. */
import type { ChannelClose, ChatEvent, Command, CommandOf } from '@rivulet/protocol';
import { EventQueue } from '../transports/event-queue.ts';
import type { ClientChannel, LineObserver } from '../transports/transport.ts';

type Outgoing = Command | readonly Command[];

/** Who finds a carrier for the line. */
export interface LineKeeper {
  /** The first command came; it says who speaks. */
  opened(line: TabLine, hello: CommandOf<'hello'>): void;
  /** This tab's own client has closed it, or its real line ended. */
  closed(line: TabLine): void;
}

export class TabLine implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly observer: LineObserver;
  readonly #keeper: LineKeeper;
  readonly #events = new EventQueue<ChatEvent>();
  /** Sent before there was a carrier: the hello, so it does not grow. */
  #early: Outgoing[] = [];
  #carry: ((item: Outgoing) => void) | undefined;
  #real: ClientChannel | undefined;
  #isClosed = false;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(observer: LineObserver, keeper: LineKeeper) {
    this.observer = observer;
    this.#keeper = keeper;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  get isReal(): boolean {
    return this.#real !== undefined;
  }

  /** Nothing carries it yet. */
  get isPending(): boolean {
    return this.#carry === undefined;
  }

  send(item: Outgoing): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#carry === undefined) this.#hold(item);
    else this.#carry(item);
    return Promise.resolve();
  }

  receive(): AsyncIterable<ChatEvent> {
    return this.#events.read();
  }

  close(close: ChannelClose): void {
    if (this.#isClosed) return;
    this.#end(close);
    this.#real?.close(close);
  }

  /** From now on a real line carries it. `hear` is told of each event before the client is. */
  carryBy(real: ClientChannel, hear: (event: ChatEvent) => void): void {
    this.#real = real;
    this.#carry = (item) => void real.send(item);
    for (const item of this.#early.splice(0)) this.#carry(item);
    void this.#pump(real, hear);
  }

  /** From now on the leader carries it; the leader has the hello already. */
  carryOver(carry: (item: Outgoing) => void): void {
    this.#early = [];
    this.#carry = carry;
  }

  push(event: ChatEvent): void {
    this.#events.push([event]);
  }

  /** On the real line, beside what the client says. */
  sendAlso(command: Command): void {
    void this.#real?.send(command);
  }

  #hold(item: Outgoing): void {
    this.#early.push(item);
    // The connection's contract: the first thing on a line is the hello, by itself.
    if (this.#early.length === 1) this.#keeper.opened(this, item as CommandOf<'hello'>);
  }

  async #pump(real: ClientChannel, hear: (event: ChatEvent) => void): Promise<void> {
    for await (const event of real.receive()) {
      if (this.#isClosed) return;
      hear(event);
      this.push(event);
    }
    this.#end(await real.closed);
  }

  #end(close: ChannelClose): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.end();
    this.#settle(close);
    this.#keeper.closed(this);
  }
}
