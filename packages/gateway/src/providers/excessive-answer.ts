/** The bounds of what is read of one answer of an upstream, whatever the upstream sends. */
import { Transform } from 'node:stream';

/** An upstream sends more than an answer can be. The message says what, for the operator's log, and contains nothing of it. */
export class ExcessiveAnswerError extends Error {
  override readonly name = 'ExcessiveAnswerError';
}

const MIB = 2 ** 20;
/**
 * The longest event or document, in UTF-16 code units. The longest real ones carry a whole answer or an image, a few megabytes. Without
 * a limit, a line that never ends would fill the memory.
 */
export const EVENT_MAX_CHARS = 8 * MIB;
/** The longest answer is 1 Mi characters, and a delta of one character has about 250 bytes around it. */
export const BODY_MAX_BYTES = 256 * MIB;
/** Comments and empty deltas keep an answer alive; an hour of them is less than a megabyte. An event may have to arrive first. */
export const BYTES_WITHOUT_CONTENT_MAX = 32 * MIB;
/** Far more than a model needs, which answers one after the other. */
export const CALLS_MAX = 128;
/** Input of a call that has no name yet, and so cannot be shown. The name comes first. */
export const UNNAMED_INPUT_MAX_CHARS = 64 * 1024;
/** Deltas are alike, so that they compress to a twentieth or a fiftieth. A bomb reaches a thousandth. */
const EXPANSION_MAX = 200;
/** So much may come out of any body. */
const EXPANSION_FREE_BYTES = MIB;

/** @throws {ExcessiveAnswerError} for an event or a document that is too long */
export function checkEventLength(chars: number): void {
  if (chars > EVENT_MAX_CHARS) throw new ExcessiveAnswerError('sent an event of more than 8 Mi characters');
}

/** Counts the bytes of one body. */
export interface BodyCount {
  /** @throws {ExcessiveAnswerError} when there are too many, or too many in a row without content */
  add(bytes: number, brought: 'content' | 'nothing'): void;
}

/** Creates the count of one body. */
export function createBodyCount(): BodyCount {
  let all = 0;
  let withoutContent = 0;
  return {
    add(bytes, brought) {
      all += bytes;
      withoutContent = brought === 'content' ? 0 : withoutContent + bytes;
      if (all > BODY_MAX_BYTES) throw new ExcessiveAnswerError('sent an answer of more than 256 MiB');
      if (withoutContent > BYTES_WITHOUT_CONTENT_MAX)
        throw new ExcessiveAnswerError('sent more than 32 MiB without content');
    },
  };
}

/**
 * Passes on what a decompressor gives, and fails when that is out of proportion.
 * @param compressed what has gone into the decompressor so far, in bytes
 */
export function createExpansionGuard(compressed: () => number): Transform {
  let expanded = 0;
  return new Transform({
    transform(piece: Uint8Array, _encoding, callback) {
      expanded += piece.length;
      const isBomb = expanded > EXPANSION_FREE_BYTES && expanded > EXPANSION_MAX * compressed();
      if (isBomb) callback(new ExcessiveAnswerError('sent a body that expands more than 200 times'));
      else callback(null, piece);
    },
  });
}
