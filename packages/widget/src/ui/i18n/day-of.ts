/** Days of the visitor's calendar. */

export const DAY_MS = 86_400_000;

/** Counted from 1970. */
export const dayOf = (atMs: number): number =>
  Math.floor((atMs - new Date(atMs).getTimezoneOffset() * 60_000) / DAY_MS);
