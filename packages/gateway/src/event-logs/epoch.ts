/** The name of one life of a conversation's log. */
import type { RandomBytes } from '@rivulet/protocol';

/** 48 random bits, 8 letters: an epoch only has to differ from the others of its conversation. */
const EPOCH_BYTES = 6;

/** Letters that a position in an SSE id may hold: no dot. */
export const mintEpoch = (random: RandomBytes): string =>
  Buffer.from(random(EPOCH_BYTES)).toString('base64url');
