/** A connection in memory: each end receives what the other sends, in order, and never in the same call. */
import type { Channel, ChannelClose } from '../codec/channel.ts';

/** A queue with one reader, which waits while the queue is empty. */
class Queue<Item> {
  readonly #items: Item[] = []; // bounded by the test that fills it
  #wake: (() => void) | undefined;
  #isEnded = false;

  push(item: Item): void {
    if (this.#isEnded) return;
    this.#items.push(item);
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<Item> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/**
 * Creates a connection in memory. Closing either end closes both; what was sent before is still received.
 * @returns the end of the client and the end of the gateway
 */
export function createChannelPair<Command, Event>(): [Channel<Command, Event>, Channel<Event, Command>] {
  const commands = new Queue<Command>();
  const events = new Queue<Event>();
  let settle: (close: ChannelClose) => void;
  const closed = new Promise<ChannelClose>((resolve) => (settle = resolve));
  const close = (reason: ChannelClose) => {
    commands.end();
    events.end();
    settle(reason);
  };
  const end = <Send, Receive>(outgoing: Queue<Send>, incoming: Queue<Receive>): Channel<Send, Receive> => ({
    send: (item) => {
      outgoing.push(item);
      return Promise.resolve();
    },
    receive: () => incoming.read(),
    close,
    closed,
  });
  return [end(commands, events), end(events, commands)];
}
