/** A clock for tests that moves only when the test advances it. */
import type { Clock } from '../base/index.ts';

/** A `Clock` under the control of a test. */
export interface FakeClock extends Clock {
  /** Moves the time forward and fires each timer that becomes due, in order of time, with `now` at its due time. */
  advance(byMs: number): void;
  /** The number of timers that have not fired or been cancelled. */
  readonly pending: number;
}

/** Creates a clock that shows `startMs`, in milliseconds since 1970, until it is advanced. */
export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs;
  let timers: { atMs: number; callback: () => void }[] = [];
  const due = (untilMs: number) =>
    timers.filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs)[0];
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.push(timer);
      return {
        cancel: () => {
          timers = timers.filter((other) => other !== timer);
        },
      };
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let timer = due(untilMs); timer !== undefined; timer = due(untilMs)) {
        const fired = timer;
        timers = timers.filter((other) => other !== fired);
        nowMs = fired.atMs;
        fired.callback();
      }
      nowMs = untilMs;
    },
    get pending() {
      return timers.length;
    },
  };
}
