/** How long to wait before the next attempt. */

/** The ceiling of the first wait: long enough for a restarted gateway, short enough not to be seen. */
const FIRST_CEILING_MS = 500;
/** The ceiling of every later one: a person's patience, and little load of a thousand waiting tabs. */
const LAST_CEILING_MS = 20_000;
/** A line that lived this long was healthy: the failures before it no longer count. */
export const HEALTHY_AFTER_MS = 30_000;
/** Spreads those whom a gateway sends away at once over this long. */
export const RECONNECT_JITTER_MS = 1000;

/** Full jitter: anywhere between nothing and a ceiling that doubles. @param failures in a row, from 1. @param luck of [0, 1). */
export function backoffMs(failures: number, jitter: number): number {
  // 2 ** 6 is past the last ceiling already; without the cap it would become Infinity one day.
  const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(failures - 1, 6));
  return Math.floor(jitter * ceiling);
}
