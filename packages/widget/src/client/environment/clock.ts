/** The only way to time in the client: real in a browser, turned by hand in tests. */

export interface Timer {
  /** May be called twice, and after the timer fired. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `delayMs`. */
  after(delayMs: number, callback: () => void): Timer;
}
