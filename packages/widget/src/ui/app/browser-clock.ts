/** `Clock` on top of `Date.now` and `setTimeout`. */
import type { Clock } from '../../client/environment/clock.ts';

/** The clock that is used outside tests. */
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
