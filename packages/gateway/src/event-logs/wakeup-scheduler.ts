/**
 * Wakes the readers of conversations, after the current callback, so that what it appends together is read together. A popular
 * conversation is served in slices, one slice per event-loop iteration, so that it does not block the loop.
 */
import type { Clock } from '../base/index.ts';

/** A reader that waits for events. */
export interface Waiter {
  /** Called once events may be available. */
  wake(): void;
}

/** The waiting readers of one conversation. */
export interface WaitingReaders {
  /** Removes and returns all waiting readers. */
  takeWaiting(): readonly Waiter[];
}

/** A slice ends after this many readers or this much time, whichever comes first. */
const MAX_WOKEN_PER_ITERATION = 500;
const MAX_ITERATION_MS = 4;
/** The clock is read after so many readers. Also the largest number of readers that are woken without the queue. */
const BATCH = 25;

/** Wakes at once, or through a FIFO queue. */
export class WakeupScheduler {
  readonly #clock: Clock;
  /** Holds each waiting reader once at most. */
  #queue: Waiter[] = [];
  #next = 0;
  #isScheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wakes the waiting readers of a conversation. They are queued when they are many, or when others are queued. */
  wake(readers: WaitingReaders): void {
    const waiters = readers.takeWaiting();
    if (waiters.length === 0) return;
    if (waiters.length > BATCH || this.#isScheduled) {
      for (const waiter of waiters) this.#queue.push(waiter);
      this.#schedule();
      return;
    }
    queueMicrotask(() => {
      for (const waiter of waiters) waiter.wake();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#wakeSlice);
  }

  readonly #wakeSlice = (): void => {
    const untilMs = this.#clock.now() + MAX_ITERATION_MS;
    const end = Math.min(this.#next + MAX_WOKEN_PER_ITERATION, this.#queue.length);
    while (this.#next < end) {
      this.#queue[this.#next]?.wake();
      this.#next += 1;
      if (this.#next % BATCH === 0 && this.#clock.now() >= untilMs) break;
    }
    // Drops the woken readers now: under constant load the queue might never become empty.
    this.#queue = this.#queue.slice(this.#next);
    this.#next = 0;
    this.#isScheduled = false;
    if (this.#queue.length > 0) this.#schedule();
  };
}
