/**
 * Time as a dependency: gateway and client are given a clock, so that tests control it. Types only; each side has its own
 * clock.
 */

/** A pending timer. */
export interface Timer {
  /** Cancels the timer. May be called twice, and after the timer fired. */
  cancel(): void;
}

/** A clock with timers. */
export interface Clock {
  /** The current time in milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds, never in the same call. */
  after(delayMs: number, callback: () => void): Timer;
}
