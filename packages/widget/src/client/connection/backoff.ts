/** Computes the delay before the next connection attempt. */

/** The upper bound of the first delay: long enough for a gateway restart, too short to notice. */
const FIRST_CEILING_MS = 500;
/** The upper bound of all later delays: acceptable to a waiting visitor, and little load from many waiting tabs. */
const LAST_CEILING_MS = 20_000;
/** A connection that was open this long was healthy: earlier failures no longer count. Milliseconds. */
export const HEALTHY_AFTER_MS = 30_000;
/** Spreads the clients that a gateway disconnects at the same moment over this many milliseconds. */
export const RECONNECT_JITTER_MS = 1000;

/**
 * The delay in milliseconds: full jitter below a bound that doubles with each failure.
 * @param failures consecutive failures, from 1
 * @param jitter random, in [0, 1)
 */
export function backoffMs(failures: number, jitter: number): number {
  // 2 ** 6 is above the last bound already; without the limit it would become Infinity.
  const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(failures - 1, 6));
  return Math.floor(jitter * ceiling);
}
