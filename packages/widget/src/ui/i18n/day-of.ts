/** Calendar days in the time zone of the visitor. */

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** Day number of a time, counted from 1970-01-01 in the time zone of the visitor. */
export const dayOf = (atMs: number): number =>
  Math.floor((atMs - new Date(atMs).getTimezoneOffset() * 60_000) / DAY_MS);
