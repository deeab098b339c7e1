/** How long to wait before the same upstream is asked again. Pure but for the randomness that is passed in. */
import type { RandomBytes } from '@rivulet/protocol';

/** The first wait is at most this long, the second at most twice as long. */
const BASE_MS = 500;
/** Runs that were told the same wait must not all return in the same moment. */
const SPREAD = 0.1;

/**
 * The wait in milliseconds. What the upstream says is never undercut; otherwise the wait doubles, and is a random part of it between
 * a half and the whole.
 * @param retry which repetition it is, from 1
 */
export function retryWaitMs(
  { retry, saidMs }: { retry: number; saidMs: number | undefined },
  random: RandomBytes,
): number {
  const part = fraction(random);
  if (saidMs !== undefined) return Math.ceil(saidMs * (1 + SPREAD * part));
  return Math.ceil(BASE_MS * 2 ** (retry - 1) * (0.5 + part / 2));
}

/** A number from 0 to 1, without 1. */
function fraction(random: RandomBytes): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
