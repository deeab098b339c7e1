/** The source of randomness for ids and tokens. */
import { randomFillSync } from 'node:crypto';
import type { RandomBytes } from '@rivulet/protocol';

/** One call of the system's generator serves many ids: a call costs far more than its bytes. */
const POOL_BYTES = 4_096;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** Cryptographically secure random bytes. No byte is returned twice. */
export const randomBytes: RandomBytes = (length) => {
  if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + length);
  // A secret must not stay in memory longer than its owner needs it.
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
};
