/** Two ends of one connection in memory: what one end sends, the other receives, in order, and never in the same call. */
import type { Channel, ChannelClose } from '../codec/channel.ts';

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
 * Creates a connection in memory.
 * @returns the end of the client and the end of the gateway. Closing either closes both; what was sent before is still
 * received.
 */
export function createChannelPair<Command, Event>(): [Channel<Command, Event>, Channel<Event, Command>] {
  const commands = new Queue<Command>();
  const events = new Queue<Event>();
  let settle: (close: ChannelClose) => void;
  const closed = new Promise<ChannelClose>((resolve) => (settle = resolve));
  const close = (how: ChannelClose) => {
    commands.end();
    events.end();
    settle(how);
  };
  const end = <Send, Receive>(out: Queue<Send>, into: Queue<Receive>): Channel<Send, Receive> => ({
    send: (item) => {
      out.push(item);
      return Promise.resolve();
    },
    receive: () => into.read(),
    close,
    closed,
  });
  return [end(commands, events), end(events, commands)];
}
