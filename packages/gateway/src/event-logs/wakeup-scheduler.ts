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
/**
 * Waking a reader only queues its promise callbacks. They run, and the time they took is known, after each batch. Also the largest
 * number of readers that are woken at once.
 */
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
    setImmediate(() => {
      this.#wakeBatch({ untilMs: this.#clock.now() + MAX_ITERATION_MS, left: MAX_WOKEN_PER_ITERATION });
    });
  }

  #wakeBatch(iteration: { untilMs: number; left: number }): void {
    const end = Math.min(this.#next + BATCH, this.#queue.length);
    while (this.#next < end) {
      this.#queue[this.#next]?.wake();
      this.#next += 1;
    }
    const left = iteration.left - BATCH;
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
      this.#isScheduled = false;
    } else if (left > 0) {
      afterQueuedWork(() => {
        if (this.#clock.now() < iteration.untilMs) this.#wakeBatch({ untilMs: iteration.untilMs, left });
        else this.#wakeNextIteration();
      });
    } else this.#wakeNextIteration();
  }

  #wakeNextIteration(): void {
    // Drops the woken readers now: under constant load the queue might never become empty.
    this.#queue = this.#queue.slice(this.#next);
    this.#next = 0;
    setImmediate(() => {
      this.#wakeBatch({ untilMs: this.#clock.now() + MAX_ITERATION_MS, left: MAX_WOKEN_PER_ITERATION });
    });
  }
}

/** Calls back in this event-loop iteration, after all due promise callbacks, including those that they queue. */
function afterQueuedWork(callback: () => void): void {
  // Node runs a tick that was requested in a promise callback once the microtask queue is empty.
  queueMicrotask(() => {
    process.nextTick(callback);
  });
}
