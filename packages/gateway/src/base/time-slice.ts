/** A loop that never runs dry must not hold the event loop: it gives way after a few milliseconds. */
import { setImmediate as nextIteration } from 'node:timers/promises';

/** Short beside the 50 ms that a waiting viewer should never see, long beside the turn itself. */
const SLICE_MS = 4;
/** The clock is read this rarely: a piece of work is some microseconds. */
const CHECK_EVERY = 16;

export interface TimeSlice {
  /** Await it once for each piece of work; it waits for the next turn when the slice is used up. */
  spend(): Promise<void> | undefined;
}

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
