/** Keeps surrogate pairs whole, whatever pieces the upstream cuts its text into (PROTOCOL.md: a pair is never cut). */

/** The text of one part, piece by piece. */
export interface WholeCharacters {
  /** The piece, less a high surrogate at its end, which waits for its other half; may be empty. */
  push(piece: string): string;
  /** What still waits, as a replacement character, for its other half never came; usually empty. */
  end(): string;
}

const HIGH_SURROGATE_MIN = 0xd800;
const HIGH_SURROGATE_MAX = 0xdbff;
/** In Unicode mode a pair is one character, so this finds lone halves only. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
/** What UTF-8 encoders write for a lone half; written here, so that the log holds what every viewer receives. */
const REPLACEMENT = '\uFFFD';

export function createWholeCharacters(): WholeCharacters {
  let held = '';
  return {
    push(piece) {
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
  const last = text.charCodeAt(text.length - 1); // NaN for the empty text, which no comparison holds for
  return last >= HIGH_SURROGATE_MIN && last <= HIGH_SURROGATE_MAX;
}
