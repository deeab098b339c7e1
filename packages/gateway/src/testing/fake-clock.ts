/** A clock that stands still until a test turns it. */
import type { Clock } from '../base/clock.ts';

export interface FakeClock extends Clock {
  /** Moves on, firing each timer that comes due, in order, at its own time. */
  advance(byMs: number): void;
  /** How many timers wait. */
  readonly pending: number;
}

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
