/** A reader of a memory log. While it is busy it holds only its cursor, and the log has no reference to it. */
import type { Position } from '@rivulet/protocol';
import type { LogRead, SubscribeOptions } from './event-log.ts';
import type { MemoryLog } from './memory-log.ts';
import type { Waiter } from './wakeup-scheduler.ts';

/**
 * A subscription to one conversation. It finds its log again before each read, because the log may have been replaced. A reader that
 * takes each read at once is served within the call that wakes it: no promise is created for it.
 */
export class MemorySubscription implements Waiter {
  readonly #options: SubscribeOptions;
  readonly #findLog: () => MemoryLog | undefined;
  readonly #ended = Promise.withResolvers<undefined>();
  #cursor: Position;
  #wasServed = false;
  #isOver = false;
  /** The log that it waits in, when it is at the head. */
  #waitingIn: MemoryLog | undefined;

  /** @param findLog returns undefined once the event log is closed, which ends the subscription */
  constructor(options: SubscribeOptions, findLog: () => MemoryLog | undefined) {
    this.#options = options;
    this.#cursor = options.after;
    this.#findLog = findLog;
  }

  /** Starts to read. Resolves when the subscription has ended; rejects with what its handler threw. */
  async start(): Promise<void> {
    this.#options.signal.addEventListener('abort', this.end);
    this.#advance();
    await this.#ended.promise;
  }

  /** Called by the wakeup scheduler when there may be something to read. */
  wake(): void {
    this.#waitingIn = undefined;
    this.#advance();
  }

  /** Ends the subscription. May be called twice. */
  readonly end = (): void => {
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.end);
    this.#waitingIn?.stopWaiting(this);
    this.#waitingIn = undefined;
    this.#ended.resolve(undefined);
  };

  /** Reads and handles until it is at the head, the handler needs time, or the end. */
  readonly #advance = (): void => {
    try {
      for (let read = this.#read(); read !== undefined; read = this.#read()) {
        const handled = this.#options.handle(read);
        if (handled === undefined) continue;
        handled.then(this.#advance, this.#fail);
        return;
      }
    } catch (error) {
      this.#fail(error);
    }
  };

  /** @returns undefined when the subscription has ended or waits for the next event. */
  #read(): LogRead | undefined {
    const log = this.#isOver || this.#options.signal.aborted ? undefined : this.#findLog();
    if (log === undefined) {
      this.end();
      return undefined;
    }
    const read = log.readAfter(this.#cursor, this.#wasServed ? 'slow' : 'gap-not-kept');
    // A reader that has reached the head counts as served: a later gap is caused by its own pace.
    this.#wasServed = true;
    if (read === undefined) {
      this.#waitingIn = log;
      log.wait(this);
      return undefined;
    }
    this.#cursor = read.kind === 'reset' ? read.position : log.head;
    return read;
  }

  readonly #fail = (error: unknown): void => {
    // Whatever the handler threw is passed on as it is.
    this.#ended.reject(error);
    this.end();
  };
}
