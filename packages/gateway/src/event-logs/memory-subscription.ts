/** One reader of a memory log: a cursor, pulled. While it is not pulled, nothing is kept for it and nobody knows it. */
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

/** `findLog` answers undefined once everything is closed. A log may have been replaced since the last pull: then its epoch tells. */
export class MemorySubscription implements AsyncIterableIterator<LogRead, undefined>, Waiter {
  readonly #findLog: () => MemoryLog | undefined;
  readonly #signal: AbortSignal;
  #cursor: Position;
  #wasServed = false;
  #isDone = false;
  /** The pull that waits. */
  #pull: Pull | undefined;
  /** Pulls that were asked for meanwhile queue behind it. */
  #queued = 0;
  #last: Promise<Result> = Promise.resolve(DONE);

  constructor({ after, signal }: SubscribeOptions, findLog: () => MemoryLog | undefined) {
    this.#cursor = after;
    this.#signal = signal;
    this.#findLog = findLog;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#pull === undefined && this.#queued === 0) return (this.#last = this.#read());
    this.#queued += 1;
    return (this.#last = this.#last.then(() => {
      this.#queued -= 1;
      return this.#read();
    }));
  }

  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** Called when there may be something to read. */
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

  /** undefined: there is nothing yet. */
  #readNow(): Result | undefined {
    if (this.#isDone || this.#signal.aborted) return this.#end();
    const log = this.#findLog();
    if (log === undefined) return this.#end();
    const value = log.readAfter(this.#cursor, this.#wasServed ? 'slow' : 'gap-not-kept');
    // Having everything counts as served too: from here on it is the reader's pace that decides.
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
    // One listener however often it waits: the same function is registered once.
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
