/** The request id of a run: what visitors read out, logs and the upstream are given, and the stores and the console find. */
import type { RunId } from '@rivulet/protocol';

/** Characters of a ref: 48 bits in a base of 62, and short enough to be read out. */
export const REF_LENGTH = 8;

/**
 * The ref of a run: the first eight characters of its id after `r_`. It follows from the id, so that it is the same on the gateway that takes
 * a dead run over, and so that no other place has to keep it. The refs of two runs may be equal: a client that asks for another answer
 * mints the id.
 */
export const refOf = (runId: RunId): string => runId.slice(2, 2 + REF_LENGTH);
