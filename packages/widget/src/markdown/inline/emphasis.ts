/**
 * Runs of `*`, `_` and `~` and the marks they become: the delimiter stack of CommonMark, linear in the number of runs.
 */
import type { MarkKind } from './inline-node.ts';
import { Piece } from './piece.ts';
import { UNSPACED } from './unspaced.ts';

/** A run of delimiters in a doubly linked list. */
export interface Delimiter {
  /** The text of the run. */
  piece: Piece;
  /** `*`, `_` or `~`. */
  character: string;
  /** Number of characters that are not used yet. */
  count: number;
  /** Number of characters in the source. */
  readonly length: number;
  /** Whether it can open a mark. */
  readonly canOpen: boolean;
  /** Whether it can close a mark. */
  readonly canClose: boolean;
  /** Whether it stands within a word of a script with spaces, as in `2*3`. */
  readonly isIntraword: boolean;
  /** The run before it. */
  previous: Delimiter | undefined;
  /** The run after it. */
  next: Delimiter | undefined;
}

/**
 * Reads the run at `offset`. The characters beside it determine whether it can open or close a mark.
 *
 * CommonMark asks for a space or punctuation outside a mark whose edge is punctuation. Scripts without spaces have
 * neither, so in them a letter outside suffices, and their own punctuation counts as letters.
 */
export function readRun(text: string, offset: number) {
  const character = text.charAt(offset);
  let end = offset + 1;
  while (text[end] === character) end++;
  // Two characters on each side, which may be surrogate pairs.
  const left = codePoints(text.slice(Math.max(0, offset - 4), offset));
  const right = codePoints(text.slice(end, end + 4));
  const before = left.at(-1) ?? ' ';
  const after = right[0] ?? ' ';
  const isLeftFlanking = isFlanking(after, before, right[1]);
  const isRightFlanking = isFlanking(before, after, left.at(-2));
  const isBoth = isLeftFlanking && isRightFlanking;
  const isOneWay = isBoth && character === '_' && !/[\p{P}\p{S}]/u.test(before + after);
  return {
    character,
    length: end - offset,
    canOpen: isLeftFlanking && !isOneWay,
    canClose: isRightFlanking && !isOneWay,
    isIntraword: isBoth && !IS_UNSPACED.test(before + after),
  };
}

const codePoints = (text: string): readonly string[] => text.match(/[^]/gu) ?? [];

const IS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');
const SPACED_PUNCTUATION = new RegExp(`(?![${UNSPACED}])[\\p{P}\\p{S}]`, 'u');
const SPACED_LETTER = new RegExp(`[^\\s\\p{P}\\p{S}${UNSPACED}]`, 'u');

/** Whether a mark may begin or end between `inner`, behind which is `innermost`, and `outer`. */
function isFlanking(inner: string, outer: string, innermost = ''): boolean {
  const isHeld = SPACED_PUNCTUATION.test(inner) && SPACED_LETTER.test(outer) && !IS_UNSPACED.test(innermost);
  return /\S/.test(inner) && !isHeld;
}

/** Stack of delimiter runs. */
export class DelimiterStack {
  /** The last run. */
  top: Delimiter | undefined;

  /** Adds a run with its piece of text. */
  push(run: ReturnType<typeof readRun>, piece: Piece): void {
    const delimiter: Delimiter = { ...run, piece, count: run.length, previous: this.top, next: undefined };
    if (this.top) this.top.next = delimiter;
    this.top = delimiter;
  }

  /** Pairs the delimiters above `bottom` and drops those that cannot pair any more. */
  resolve(bottom: Delimiter | undefined): void {
    const floors = new Map<string, Delimiter | undefined>();
    let closer = this.#firstAbove(bottom);
    while (closer) {
      if (!closer.canClose) {
        closer = closer.next;
        continue;
      }
      const key = `${closer.character}${closer.canOpen}${closer.length % 3}`;
      const opener = findOpener(closer, floors.has(key) ? [bottom, floors.get(key)] : [bottom]);
      if (opener) {
        closer = this.#pair(opener, closer, bottom);
      } else {
        floors.set(key, closer.previous);
        const next = closer.next;
        if (!closer.canOpen) this.#remove(closer);
        closer = next;
      }
    }
  }

  /** Drops the delimiters above `bottom`: their characters stay text. */
  dropAbove(bottom: Delimiter | undefined): void {
    while (this.top && this.top !== bottom) this.#remove(this.top);
  }

  /** Closes every opener without a closer: while text streams in, its closer is still to come. */
  closeOpenEnds(): void {
    for (let opener = this.top; opener; opener = opener.previous) {
      if (!opener.canOpen || opener.isIntraword || !opener.piece.next) continue;
      while (opener.count > 0) if (!wrap(opener, undefined)) return;
    }
  }

  #firstAbove(bottom: Delimiter | undefined): Delimiter | undefined {
    let found = this.top;
    if (found === bottom) return undefined;
    while (found?.previous && found.previous !== bottom) found = found.previous;
    return found;
  }

  #pair(opener: Delimiter, closer: Delimiter, bottom: Delimiter | undefined): Delimiter | undefined {
    while (opener.next && opener.next !== closer) this.#remove(opener.next);
    if (!wrap(opener, closer)) {
      // Nested too deeply, and so would be every pair around it.
      while (closer.previous && closer.previous !== bottom) this.#remove(closer.previous);
      return closer.next;
    }
    if (opener.count === 0) this.#remove(opener);
    if (closer.count > 0) return closer;
    const { next } = closer;
    this.#remove(closer);
    return next;
  }

  #remove(delimiter: Delimiter): void {
    if (delimiter.previous) delimiter.previous.next = delimiter.next;
    if (delimiter.next) delimiter.next.previous = delimiter.previous;
    else this.top = delimiter.previous;
  }
}

function findOpener(closer: Delimiter, stops: (Delimiter | undefined)[]): Delimiter | undefined {
  for (let opener = closer.previous; opener && !stops.includes(opener); opener = opener.previous) {
    if (opener.character === closer.character && opener.canOpen && fits(opener, closer)) return opener;
  }
  return undefined;
}

function fits(opener: Delimiter, closer: Delimiter): boolean {
  if (closer.character === '~') return opener.length === closer.length;
  // Rule of three: runs that can both open and close pair only if the sum of their lengths is no multiple of three.
  if (!closer.canOpen && !opener.canClose) return true;
  return closer.length % 3 === 0 || (opener.length + closer.length) % 3 !== 0;
}

/** Wraps what is between in a mark. Returns false if that would nest too deeply. */
function wrap(opener: Delimiter, closer: Delimiter | undefined): boolean {
  const isDouble = opener.count >= 2 && (closer?.count ?? 2) >= 2;
  const isStrike = opener.character === '~';
  const kind: MarkKind = isStrike ? 'strike' : isDouble ? 'strong' : 'emphasis';
  const used = isStrike ? opener.count : isDouble ? 2 : 1;
  const mark = new Piece(kind);
  if (!mark.takeBetween(opener.piece, closer?.piece)) return false;
  opener.piece.insertAfter(mark);
  for (const end of closer ? [opener, closer] : [opener]) {
    end.count -= used;
    end.piece.text = end.piece.text.slice(used);
  }
  return true;
}
