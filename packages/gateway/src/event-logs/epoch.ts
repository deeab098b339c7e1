/** The epoch of a conversation's log: an identifier that changes whenever the log starts again from sequence number 1. */
import type { RandomBytes } from '@rivulet/protocol';

/** 48 random bits, 8 characters of base64url: an epoch only has to be unique within its conversation. */
const EPOCH_BYTES = 6;

/** Mints an epoch. It contains no dot, because a dot separates the parts of a position in an SSE id. */
export const mintEpoch = (random: RandomBytes): string =>
  Buffer.from(random(EPOCH_BYTES)).toString('base64url');
