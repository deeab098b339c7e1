/** The client's end of a line in tests of a transport: what came in waits for its reader. */
import type { Channel, ChannelClose, ChatEvent, Command } from '@rivulet/protocol';

/** Items for one reader, until they end. */
export class Inbox<Item> {
  readonly #items: Item[] = []; // bounded by the test that fills it
  #wake: (() => void) | undefined;
  #isEnded = false;

  push(...items: Item[]): void {
    this.#items.push(...items);
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

export interface ClientEnd {
  end: Channel<Command, ChatEvent>;
  take(events: readonly ChatEvent[]): void;
  /** The line is gone; the first call counts. */
  ended(close: ChannelClose): void;
}

export function createClientEnd(
  send: (command: Command) => Promise<void> | void,
  hangUp: (close: ChannelClose) => void,
): ClientEnd {
  const inbox = new Inbox<ChatEvent>();
  const { promise: closed, resolve } = Promise.withResolvers<ChannelClose>();
  const ended = (close: ChannelClose) => {
    inbox.end();
    resolve(close);
  };
  return {
    take: (events) => {
      inbox.push(...events);
    },
    ended,
    end: {
      closed,
      receive: () => inbox.read(),
      async send(command) {
        await send(command);
      },
      close(close) {
        ended(close);
        hangUp(close);
      },
    },
  };
}
