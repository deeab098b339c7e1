/** A reader of a Redis log. It makes the node mirror the conversation, and reads from the mirror. */
import type { SubscribeOptions } from './event-log.ts';
import { MemorySubscription } from './memory-subscription.ts';
import type { RedisMirror } from './redis-mirror.ts';

/** Access to the mirror of one conversation, which exists while it has readers. */
export interface Watching {
  /** Adds a reader. @returns the mirror, or undefined once the event log is closed. */
  enter(reader: RedisSubscription): RedisMirror | undefined;
  /** Removes a reader; the last one ends the mirror. May be called twice. */
  leave(reader: RedisSubscription): void;
}

/** A subscription to one conversation. */
export class RedisSubscription {
  readonly #options: SubscribeOptions;
  readonly #watching: Watching;
  readonly #ended = Promise.withResolvers<undefined>();
  #isOver = false;
  #reader: MemorySubscription | undefined;

  constructor(options: SubscribeOptions, watching: Watching) {
    this.#options = options;
    this.#watching = watching;
  }

  /** Starts to read. Resolves when the subscription has ended; rejects with what its handler threw. */
  async start(): Promise<void> {
    const { after, signal } = this.#options;
    if (signal.aborted) return;
    const mirror = this.#watching.enter(this);
    if (mirror === undefined) return;
    signal.addEventListener('abort', this.end);
    try {
      await Promise.race([mirror.reach(after), this.#ended.promise]);
      if (this.#hasEnded()) return;
      this.#reader = new MemorySubscription(this.#options, () => (this.#isOver ? undefined : mirror.log));
      await this.#reader.start();
    } finally {
      this.end();
    }
  }

  /** Ends the subscription. May be called twice. */
  readonly end = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.end);
    this.#ended.resolve(undefined);
    this.#reader?.end();
    this.#watching.leave(this);
  };

  /** A method, because TypeScript would assume that the field does not change across an await. */
  #hasEnded(): boolean {
    return this.#isOver;
  }
}
