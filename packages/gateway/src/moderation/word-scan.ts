/** Looks for the entries of a word list in a text that arrives in pieces, and says how much of it cannot be part of a match. */
import { foldCodePoint, SPACE } from './fold-text.ts';
import { advance, type WordEntry, type WordNode } from './word-automaton.ts';
import { areWordEdges, edgeBetween, type Edge } from './word-boundaries.ts';

/** A match whose ends are not decided yet. */
interface Candidate {
  entry: WordEntry;
  start: number;
  end: number;
  /** Whether a dictionary has to decide where a word begins or ends. */
  isStartUnclear: boolean;
  isEndUnclear: boolean;
}

/** One folded code point of the text. */
interface Unit {
  /** Where its code point begins in the text. */
  start: number;
  /** Whether it is the first one that its code point was folded to. */
  isFirst: boolean;
  /** The drawn code point before it; undefined at the start of the text. */
  before: number | undefined;
}

/** So many code units on each side of a match are what a dictionary is asked about. */
const CONTEXT_CHARS = 16;
/** A dictionary takes about 30 µs. In a text with more doubtful matches the next one counts. */
const MAX_LOOKUPS = 2_000;
/** Longer runs of characters that are not drawn separate words: otherwise a text could be held back without end. */
const MAX_SKIPPED = 32;
/** More units than the state needs are removed when there are so many, not each time. */
const SPARE_UNITS = 64;

/** The scan of one text. All positions are in UTF-16 code units from the beginning of the text. */
export class WordScan {
  readonly #root: WordNode;
  #node: WordNode;
  /** The last part of the text, which begins at `#keptFrom`. */
  #kept = '';
  #keptFrom = 0;
  /** How much of the text was read. Half of a surrogate pair at its end waits for the other half. */
  #read = 0;
  /** The last units, as many as the state has or more. */
  #units: Unit[] = [];
  /** The last drawn code point. */
  #before: number | undefined;
  #skipped = 0;
  /** Matches that end at the last drawn code point. */
  #ending: Candidate[] = [];
  /** Matches that wait for the text behind them. */
  #unclear: Candidate[] = [];
  #lookups = 0;

  /** @param root the automaton of the list */
  constructor(root: WordNode) {
    this.#root = root;
    this.#node = root;
  }

  /** Adds a piece of the text. @returns the entry that was found, if any: then nothing more may be added */
  push(piece: string): WordEntry | undefined {
    this.#kept += piece;
    const end = this.#keptFrom + this.#kept.length;
    while (this.#read < end) {
      const codePoint = this.#codePointAt(this.#read);
      if (isHighSurrogate(codePoint) && this.#read + 1 === end) break;
      const found = this.#readCodePoint(codePoint);
      if (found !== undefined) return found;
    }
    const found = this.#settleUnclear(this.#read - CONTEXT_CHARS);
    this.#forget();
    return found;
  }

  /** The text is complete. @returns the entry that was found, if any */
  end(): WordEntry | undefined {
    this.#read = this.#keptFrom + this.#kept.length;
    return this.#settleEnding(undefined) ?? this.#settleUnclear(this.#read);
  }

  /** How much of the text is part of no match, whatever follows. */
  get clearChars(): number {
    let clear = Math.min(this.#read, this.#partialFrom());
    for (const { start } of this.#ending) clear = Math.min(clear, start);
    for (const { start } of this.#unclear) clear = Math.min(clear, start);
    return clear;
  }

  /** Where the longest beginning of an entry stands that may become a match. */
  #partialFrom(): number {
    for (let node = this.#node; node.depth > 0; node = node.shorter) {
      const first = this.#units.at(-node.depth);
      if (first?.isFirst !== true) continue;
      if (node.isOpenBefore || this.#edgeBefore(first) !== 'inside') return first.start;
    }
    return this.#read;
  }

  #readCodePoint(codePoint: number): WordEntry | undefined {
    const start = this.#read;
    this.#read += codePoint > MAX_OF_BASIC_PLANE ? 2 : 1;
    const folded = foldCodePoint(codePoint);
    const isMoreSpace = folded[0] === SPACE && this.#isAfterSpace();
    if (folded.length === 0 || isMoreSpace) return this.#skip();
    this.#skipped = 0;
    const found = this.#settleEnding(codePoint);
    if (found !== undefined) return found;
    for (const [index, unit] of folded.entries()) {
      this.#units.push({ start, isFirst: index === 0, before: this.#before });
      this.#node = advance(this.#node, unit);
    }
    this.#before = codePoint;
    const ended = this.#collect();
    const { depth } = this.#node;
    if (this.#units.length > depth + SPARE_UNITS) this.#units.splice(0, this.#units.length - depth);
    return ended;
  }

  #isAfterSpace(): boolean {
    return this.#before !== undefined && foldCodePoint(this.#before)[0] === SPACE;
  }

  #skip(): WordEntry | undefined {
    this.#skipped += 1;
    if (this.#skipped <= MAX_SKIPPED) return undefined;
    const found = this.#settleEnding(undefined);
    this.#node = this.#root;
    this.#units = [];
    this.#before = SPACE;
    return found;
  }

  /** Notes the entries that end with the code point that was just read. @returns one that needs no look at what follows */
  #collect(): WordEntry | undefined {
    let node = this.#node.entries.length > 0 ? this.#node : this.#node.shorterEntry;
    for (; node !== undefined; node = node.shorterEntry)
      for (const entry of node.entries) {
        const first = this.#units.at(-entry.length);
        if (first?.isFirst !== true) continue;
        const edge = entry.isOpenBefore ? 'boundary' : this.#edgeBefore(first);
        if (edge === 'inside') continue;
        const isStartUnclear = edge === 'unclear';
        if (entry.isOpenAfter && !isStartUnclear) return entry;
        const { start } = first;
        this.#ending.push({ entry, start, end: this.#read, isStartUnclear, isEndUnclear: false });
      }
    return undefined;
  }

  /** Decides about the matches that end where the next drawn code point begins. */
  #settleEnding(next: number | undefined): WordEntry | undefined {
    if (this.#ending.length === 0) return undefined;
    const edge = edgeBetween(this.#before, next);
    for (const candidate of this.#ending) {
      const end = candidate.entry.isOpenAfter ? 'boundary' : edge;
      if (end === 'inside') continue;
      if (end === 'boundary' && !candidate.isStartUnclear) return candidate.entry;
      this.#unclear.push({ ...candidate, isEndUnclear: end === 'unclear' });
    }
    this.#ending = [];
    return undefined;
  }

  /** Asks the dictionary about the matches that end here or before. */
  #settleUnclear(until: number): WordEntry | undefined {
    if (this.#unclear.length === 0) return undefined;
    const found = this.#unclear.find((candidate) => candidate.end <= until && this.#isWholeWords(candidate));
    this.#unclear = this.#unclear.filter(({ end }) => end > until);
    return found?.entry;
  }

  #isWholeWords({ start, end, isStartUnclear, isEndUnclear }: Candidate): boolean {
    this.#lookups += 1;
    if (this.#lookups > MAX_LOOKUPS) return true;
    const from = Math.max(this.#keptFrom, start - CONTEXT_CHARS);
    const text = this.#kept.slice(from - this.#keptFrom, end + CONTEXT_CHARS - this.#keptFrom);
    const places = [...(isStartUnclear ? [start - from] : []), ...(isEndUnclear ? [end - from] : [])];
    return areWordEdges(text, places);
  }

  #edgeBefore({ before, start }: Unit): Edge {
    return edgeBetween(before, this.#codePointAt(start));
  }

  #codePointAt(position: number): number {
    return this.#kept.codePointAt(position - this.#keptFrom) ?? SPACE;
  }

  /** Keeps what a match may need that is under way. */
  #forget(): void {
    const from = Math.max(this.#keptFrom, this.clearChars - CONTEXT_CHARS);
    this.#kept = this.#kept.slice(from - this.#keptFrom);
    this.#keptFrom = from;
  }
}

const MAX_OF_BASIC_PLANE = 0xffff;
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
