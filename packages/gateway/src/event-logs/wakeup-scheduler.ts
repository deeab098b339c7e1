/** Wakes waiting readers once a turn of the event loop, in slices, so that one popular conversation never blocks it. */
import type { Clock } from '../base/clock.ts';

/** A reader that waits for events. */
export interface Waiter {
  wake(): void;
}

/** At most this many readers, or this long, in one turn of the loop. */
const MAX_WOKEN_PER_ITERATION = 500;
const MAX_ITERATION_MS = 4;
/** Waking only queues the reader's work; it is done, and its time known, after each batch. */
const BATCH = 25;

export class WakeupScheduler {
  readonly #clock: Clock;
  /** Holds each waiting reader once at most. */
  #queue: Waiter[] = [];
  #next = 0;
  #isScheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** They are woken in this order, after everybody who was added before, in a later turn than this one. */
  add(sleepers: Iterable<Waiter>): void {
    for (const waiter of sleepers) this.#queue.push(waiter);
    if (this.#isScheduled || this.#queue.length === 0) return;
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
    // Those woken are let go now: under a flood the queue might never be empty.
    this.#queue = this.#queue.slice(this.#next);
    this.#next = 0;
    setImmediate(() => {
      this.#wakeBatch({ untilMs: this.#clock.now() + MAX_ITERATION_MS, left: MAX_WOKEN_PER_ITERATION });
    });
  }
}

/** Still in this turn of the loop, but after every promise callback that is due, those that they cause included. */
function afterQueuedWork(callback: () => void): void {
  // A tick that is asked for by a promise callback runs once all promise callbacks are done.
  queueMicrotask(() => {
    process.nextTick(callback);
  });
}
