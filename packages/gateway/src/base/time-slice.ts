/** Keeps a long loop from blocking the event loop: it yields after a few milliseconds. */
import { setImmediate as nextIteration } from 'node:timers/promises';

/** Short compared with the 50 ms that viewers may wait, long compared with the cost of yielding. */
const SLICE_MS = 4;
/** Pieces of work between two reads of the clock: one piece takes a few microseconds. */
const CHECK_EVERY = 16;

/** The time budget of a loop. */
export interface TimeSlice {
  /** Await it after each piece of work: it yields to the next event-loop iteration when the slice is used up. */
  spend(): Promise<void> | undefined;
}

/** Creates a budget that starts now. */
export function createTimeSlice(): TimeSlice {
  let startedAtMs = performance.now();
  let pieces = 0;
  return {
    spend() {
      pieces += 1;
      if (pieces % CHECK_EVERY !== 0 || performance.now() - startedAtMs < SLICE_MS) return undefined;
      return nextIteration().then(() => {
        startedAtMs = performance.now();
      });
    },
  };
}
