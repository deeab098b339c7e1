/** The clock of a browser: `Date.now` and `setTimeout`. */
import type { Clock } from '@rivulet/protocol';

/** The clock of the client and of the elements outside tests. */
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
