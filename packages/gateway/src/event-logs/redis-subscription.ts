/** A reader of a Redis log. Its first pull makes the node mirror the conversation; all pulls read from the mirror. */
import type { LogRead, SubscribeOptions } from './event-log.ts';
import { MemorySubscription } from './memory-subscription.ts';
import type { RedisMirror } from './redis-mirror.ts';

type Result = IteratorResult<LogRead, undefined>;
const DONE: Result = { done: true, value: undefined };

/** Access to the mirror of one conversation, which exists while it has readers. */
export interface Watching {
  /** Adds a reader. @returns the mirror, or undefined once the event log is closed. */
  enter(reader: RedisSubscription): RedisMirror | undefined;
  /** Removes a reader; the last one ends the mirror. May be called twice. */
  leave(reader: RedisSubscription): void;
}

/** An iterator over the events of one conversation. */
export class RedisSubscription implements AsyncIterableIterator<LogRead, undefined> {
  readonly #options: SubscribeOptions;
  readonly #watching: Watching;
  readonly #left = Promise.withResolvers<undefined>();
  #isOver = false;
  #entered: Promise<MemorySubscription | undefined> | undefined;
  #reader: MemorySubscription | undefined;

  constructor(options: SubscribeOptions, watching: Watching) {
    this.#options = options;
    this.#watching = watching;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next batch or reset. */
  async next(): Promise<Result> {
    this.#entered ??= this.#enter();
    return (await this.#entered)?.next() ?? DONE;
  }

  /** Ends the iteration. */
  return(): Promise<Result> {
    this.end();
    return Promise.resolve(DONE);
  }

  /** Ends the iteration; pending pulls resolve as done. May be called twice. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#left.resolve(undefined);
    void this.#reader?.return();
    this.#watching.leave(this);
  }

  readonly #onAbort = (): void => {
    this.end();
  };

  async #enter(): Promise<MemorySubscription | undefined> {
    const { after, signal } = this.#options;
    if (this.#hasEnded()) return undefined;
    if (signal.aborted) {
      this.end();
      return undefined;
    }
    signal.addEventListener('abort', this.#onAbort);
    const mirror = this.#watching.enter(this);
    if (mirror === undefined) {
      this.end();
      return undefined;
    }
    await Promise.race([mirror.reach(after), this.#left.promise]);
    if (this.#hasEnded()) return undefined;
    this.#reader = new MemorySubscription(this.#options, () => (this.#isOver ? undefined : mirror.log));
    return this.#reader;
  }

  /** A method, because TypeScript would assume that the field does not change across an await. */
  #hasEnded(): boolean {
    return this.#isOver;
  }
}
