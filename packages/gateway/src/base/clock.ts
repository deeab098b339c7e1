/** The only source of time and timers: the system clock in production, a fake clock in tests. */
import type { Clock } from '@rivulet/protocol';

export type { Clock, Timer } from '@rivulet/protocol';

/** The clock and the timers of Node. A pending timer does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};
