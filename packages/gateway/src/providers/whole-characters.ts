/** Keeps surrogate pairs together, wherever the upstream cuts its text (PROTOCOL.md: a pair is never cut). */

/** Reassembles the text of one part from pieces. */
export interface WholeCharacters {
  /** Returns the piece without a high surrogate at its end, which is held back for the next piece; may be empty. */
  push(piece: string): string;
  /** Returns a replacement character for a high surrogate that is still held back; usually empty. */
  end(): string;
}

const HIGH_SURROGATE_MIN = 0xd800;
const HIGH_SURROGATE_MAX = 0xdbff;
/** In Unicode mode a pair is one character, so this matches lone surrogates only. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
/** UTF-8 encoders write it for a lone surrogate. Replacing it here makes the log equal to what every viewer receives. */
const REPLACEMENT = '\uFFFD';

/** Creates the state for one part. */
export function createWholeCharacters(): WholeCharacters {
  let held = '';
  return {
    push(piece) {
      // Almost every piece: no copy and no search for surrogates in texts of one byte per character.
      if (held === '' && piece.isWellFormed()) return piece;
      const text = held + piece;
      const isCut = endsInHighSurrogate(text);
      held = isCut ? text.slice(-1) : '';
      return (isCut ? text.slice(0, -1) : text).replace(LONE_SURROGATES, REPLACEMENT);
    },
    end() {
      const rest = held === '' ? '' : REPLACEMENT;
      held = '';
      return rest;
    },
  };
}

function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1); // NaN for an empty text: both comparisons are false
  return last >= HIGH_SURROGATE_MIN && last <= HIGH_SURROGATE_MAX;
}
