/** Runs of `*`, `_` and `~` and the marks they become: CommonMark's delimiter stack, linear in the number of runs. */
import type { MarkKind } from './inline-node.ts';
import { Piece } from './piece.ts';

export interface Delimiter {
  piece: Piece;
  character: string;
  /** Characters not used up yet. */
  count: number;
  readonly length: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  previous: Delimiter | undefined;
  next: Delimiter | undefined;
}

/** A run of one character at `offset`: what it may do depends on what stands beside it. */
export function readRun(text: string, offset: number) {
  const character = text.charAt(offset);
  let end = offset + 1;
  while (text[end] === character) end++;
  const before = sideOf(characterBefore(text, offset));
  const after = sideOf(String.fromCodePoint(text.codePointAt(end) ?? 10));
  const isLeftFlanking = after === 'other' || (after === 'punctuation' && before !== 'other');
  const isRightFlanking = before === 'other' || (before === 'punctuation' && after !== 'other');
  const isUnderscore = character === '_';
  return {
    character,
    length: end - offset,
    canOpen: isLeftFlanking && (!isUnderscore || !isRightFlanking || before === 'punctuation'),
    canClose: isRightFlanking && (!isUnderscore || !isLeftFlanking || after === 'punctuation'),
  };
}

function characterBefore(text: string, offset: number): string {
  const unit = text.charCodeAt(offset - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return text.slice(Math.max(0, offset - (isLowSurrogate ? 2 : 1)), offset) || '\n';
}

function sideOf(character: string): 'space' | 'punctuation' | 'other' {
  if (/\s/.test(character)) return 'space';
  return /[\p{P}\p{S}]/u.test(character) ? 'punctuation' : 'other';
}

export class DelimiterStack {
  top: Delimiter | undefined;

  push(run: ReturnType<typeof readRun>, piece: Piece): void {
    const delimiter: Delimiter = { ...run, piece, count: run.length, previous: this.top, next: undefined };
    if (this.top) this.top.next = delimiter;
    this.top = delimiter;
  }

  /** Pairs up the delimiters above `bottom` and drops those that can pair no more. */
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

  /** Drops what is above `bottom`: its characters stay text. */
  dropAbove(bottom: Delimiter | undefined): void {
    while (this.top && this.top !== bottom) this.#remove(this.top);
  }

  /** Marks everything behind an opener that has no closer yet: while text streams in, the closer is still to come. */
  closeOpenEnds(): void {
    for (let opener = this.top; opener; opener = opener.previous) {
      const isIntraword = opener.canOpen && opener.canClose;
      if (!opener.canOpen || isIntraword || !opener.piece.next) continue;
      // A lone tilde is more often "about" than the start of a strike-through.
      if (opener.character === '~' && opener.count < 2) continue;
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
      // Too deep; so would be every pair around this one.
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
  // "Rule of three": runs that can both open and close pair only when their lengths do not add up to one.
  if (!closer.canOpen && !opener.canClose) return true;
  return closer.length % 3 === 0 || (opener.length + closer.length) % 3 !== 0;
}

/** Puts a mark around what lies between; false when that would nest too deeply. */
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
