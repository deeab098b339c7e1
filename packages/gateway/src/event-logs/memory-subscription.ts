/** A pull-based reader of a memory log. Between two pulls it holds only its cursor, and the log has no reference to it. */
import type { Position } from '@rivulet/protocol';
import type { LogRead, SubscribeOptions } from './event-log.ts';
import type { MemoryLog } from './memory-log.ts';
import type { Waiter } from './wakeup-scheduler.ts';

type Result = IteratorResult<LogRead, undefined>;
interface Pull {
  log: MemoryLog;
  resolve: (result: Result) => void;
}
const DONE: Result = { done: true, value: undefined };

/** An iterator over the events of one conversation. It finds its log again at each pull, because the log may have been replaced. */
export class MemorySubscription implements AsyncIterableIterator<LogRead, undefined>, Waiter {
  readonly #findLog: () => MemoryLog | undefined;
  readonly #signal: AbortSignal;
  #cursor: Position;
  #wasServed = false;
  #isDone = false;
  #isListening = false;
  /** The pending pull, when the reader is at the head. */
  #pull: Pull | undefined;
  /** How many further `next()` calls are queued behind the pending pull. */
  #queued = 0;
  #last: Promise<Result> = Promise.resolve(DONE);

  /** @param findLog returns undefined once the event log is closed, which ends the iteration */
  constructor({ after, signal }: SubscribeOptions, findLog: () => MemoryLog | undefined) {
    this.#cursor = after;
    this.#signal = signal;
    this.#findLog = findLog;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next batch or reset. Concurrent calls are answered in order. */
  next(): Promise<Result> {
    if (this.#pull === undefined && this.#queued === 0) return (this.#last = this.#read());
    this.#queued += 1;
    return (this.#last = this.#last.then(() => {
      this.#queued -= 1;
      return this.#read();
    }));
  }

  /** Ends the iteration and resolves a pending pull as done. */
  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** Called by the wakeup scheduler when there may be something to read. */
  wake(): void {
    const pull = this.#pull;
    if (pull === undefined) return;
    this.#pull = undefined;
    const result = this.#readNow();
    if (result === undefined) this.#wait(pull.resolve);
    else pull.resolve(result);
  }

  #read(): Promise<Result> {
    const result = this.#readNow();
    return result === undefined
      ? new Promise((resolve) => {
          this.#wait(resolve);
        })
      : Promise.resolve(result);
  }

  /** @returns undefined when there is nothing to read yet. */
  #readNow(): Result | undefined {
    if (this.#isDone || this.#signal.aborted) return this.#end();
    const log = this.#findLog();
    if (log === undefined) return this.#end();
    const value = log.readAfter(this.#cursor, this.#wasServed ? 'slow' : 'gap-not-kept');
    // A reader that has reached the head counts as served: a later gap is caused by its own pace.
    this.#wasServed = true;
    if (value === undefined) return undefined;
    this.#cursor = value.kind === 'reset' ? value.position : log.head;
    return { done: false, value };
  }

  #wait(resolve: (result: Result) => void): void {
    const log = this.#findLog();
    if (log === undefined) {
      resolve(DONE);
      return;
    }
    this.#pull = { log, resolve };
    log.wait(this);
    if (this.#isListening) return;
    this.#isListening = true;
    this.#signal.addEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#end();
  };

  #end(): Result {
    this.#isDone = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    const pull = this.#pull;
    this.#pull = undefined;
    pull?.log.stopWaiting(this);
    pull?.resolve(DONE);
    return DONE;
  }
}
