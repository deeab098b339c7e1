/** The only source of time and timers: the system clock in production, a fake clock in tests. */

/** A pending timer. */
export interface Timer {
  /** May be called twice, and after the timer fired. */
  cancel(): void;
}

/** A clock with timers. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `delayMs`; a pending timer does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

/** The clock and the timers of Node. */
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
