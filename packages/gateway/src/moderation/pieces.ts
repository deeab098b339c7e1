/** Divides a long text for a service that takes a bounded length. Pure. */
import { wholeEnd } from './window-ends.ts';

/** The length of a piece, and how much of the piece before it is repeated. In UTF-16 code units. */
export interface PieceSizes {
  maxChars: number;
  overlapChars: number;
}

/** The pieces of a text; each begins with the end of the one before it, and no surrogate pair is cut. */
export function piecesOf(text: string, { maxChars, overlapChars }: PieceSizes): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > maxChars) {
    const piece = text.slice(from, from + maxChars);
    const end = from + wholeEnd(piece);
    pieces.push(text.slice(from, end));
    from = wholeEnd(text.slice(0, end - overlapChars));
  }
  return [...pieces, text.slice(from)];
}
