/** The browser's own time. */
import type { Clock } from '../../client/environment/clock.ts';

export const browserClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(handle);
      },
    };
  },
};
