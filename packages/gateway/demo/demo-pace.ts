/** Lets a finished text flow as a model's would: in pieces of a word or less, at a pace that a person can follow. */
import type { Clock } from '../src/base/clock.ts';

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

export interface Pace {
  clock: Clock;
  random: Random;
  signal: AbortSignal;
}

/** Time to "think": long enough to be seen as such, short enough not to be waited for. */
const FIRST_PIECE_MS = 300;
/** Together 19 ms in the middle: some 50 pieces a second. */
const PIECE_MIN_MS = 12;
const PIECE_SPREAD_MS = 14;

/** The pieces of the text, each after its pause; ends at once, and without an error, when the signal aborts. */
export async function* flow(text: string, { clock, random, signal }: Pace): AsyncGenerator<string> {
  let pauseMs = FIRST_PIECE_MS;
  for (const piece of splitPieces(text, random)) {
    await pause(clock, pauseMs, signal);
    if (signal.aborted) return;
    yield piece;
    pauseMs = PIECE_MIN_MS + random() * PIECE_SPREAD_MS;
  }
}

/** Resolves after the time or when the signal aborts, whichever is first. */
async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

const PIECE_MIN_CHARACTERS = 2;
const PIECE_SPREAD_CHARACTERS = 8;

/** Characters as people count them, so that no piece ends in half of one. */
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Joined they are the text again; each is some white space and the beginning of a word, or all of it. */
export function splitPieces(text: string, random: Random): string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  return words.flatMap((word) => {
    const characters = Array.from(GRAPHEMES.segment(word), ({ segment }) => segment);
    const pieces: string[] = [];
    while (characters.length > 0) {
      const length = PIECE_MIN_CHARACTERS + Math.floor(random() * PIECE_SPREAD_CHARACTERS);
      pieces.push(characters.splice(0, length).join(''));
    }
    return pieces;
  });
}
