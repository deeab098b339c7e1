/** One reader of a Redis log: a cursor. Its first pull makes the node watch the conversation; from then on it reads the mirror. */
import type { LogRead, SubscribeOptions } from './event-log.ts';
import { MemorySubscription } from './memory-subscription.ts';
import type { RedisMirror } from './redis-mirror.ts';

type Result = IteratorResult<LogRead, undefined>;
const DONE: Result = { done: true, value: undefined };

/** Gives the reader the mirror of its conversation until it leaves. */
export interface Watching {
  /** undefined once everything is closed. */
  enter(reader: RedisSubscription): RedisMirror | undefined;
  leave(reader: RedisSubscription): void;
}

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

  async next(): Promise<Result> {
    this.#entered ??= this.#enter();
    return (await this.#entered)?.next() ?? DONE;
  }

  return(): Promise<Result> {
    this.end();
    return Promise.resolve(DONE);
  }

  /** Whatever is waited for resolves as done. */
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

  /** A method, because the answer changes between two awaits. */
  #hasEnded(): boolean {
    return this.#isOver;
  }
}
