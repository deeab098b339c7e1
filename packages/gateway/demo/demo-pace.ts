/** Streams a finished text like a model's reply: in pieces of at most a word, at a pace that a reader can follow. */
import type { Clock } from '../src/base/clock.ts';

/** Returns a number in the interval [0, 1), like `Math.random`. */
export type Random = () => number;

/** What the pace of a stream depends on. */
export interface Pace {
  clock: Clock;
  random: Random;
  /** Ends the stream without an error. */
  signal: AbortSignal;
}

/** The delay of the first piece: long enough to show the waiting state, short enough not to be annoying. */
const FIRST_PIECE_MS = 300;
/** The delay of the others: 12 to 26 ms, 19 ms on average, which is about 50 pieces a second. */
const PIECE_MIN_MS = 12;
const PIECE_SPREAD_MS = 14;

/** Yields the pieces of the text, each after its delay. Ends at once, without an error, when the signal aborts. */
export async function* streamPieces(text: string, { clock, random, signal }: Pace): AsyncGenerator<string> {
  let pauseMs = FIRST_PIECE_MS;
  for (const piece of splitPieces(text, random)) {
    await pause(clock, pauseMs, signal);
    if (signal.aborted) return;
    yield piece;
    pauseMs = PIECE_MIN_MS + random() * PIECE_SPREAD_MS;
  }
}

/** Resolves after the delay, or when the signal aborts. */
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

/** Graphemes, so that no piece ends inside an emoji or a combined character. */
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Splits a text into pieces of white space and part of a word. Joined, they are the text again. */
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
