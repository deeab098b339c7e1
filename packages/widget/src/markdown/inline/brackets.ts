/** Links and images: `[` and `![` wait on a stack for their `]` and for what follows it. */
import type { Definition } from '../blocks/definition.ts';
import type { Delimiter, DelimiterStack } from './emphasis.ts';
import { normalizeLabel, readDestination, readLabel, readTitle, skipSpaceAndLine } from './link-syntax.ts';
import { Piece } from './piece.ts';

const MAX_LABEL_CHARS = 999;

interface Bracket {
  piece: Piece;
  /** Offset of the text after the bracket. */
  start: number;
  previous: Bracket | undefined;
  /** Delimiter below which emphasis inside this bracket does not look. */
  delimiter: Delimiter | undefined;
  isImage: boolean;
  /** False once a link follows inside it: links do not nest. */
  isActive: boolean;
  /** Whether a bracket is inside, so that the text cannot be a label. */
  holdsBracket: boolean;
}

/** Finds the definition of a normalized label. */
export type LookUp = (label: string) => Definition | undefined;

/** Where a link leads, and the offset after it; `cut-off` by the end of the text. */
export type Target = { definition: Definition; end: number } | 'cut-off' | undefined;

/** Stack of open brackets. */
export class BracketStack {
  /** Labels without a definition. */
  readonly missingLabels: string[] = [];
  /** Whether a link was met that is cut off by the end of the text. */
  isCutOff = false;
  #top: Bracket | undefined;
  readonly #text: string;
  readonly #lookUp: LookUp;
  readonly #delimiters: DelimiterStack;

  constructor(text: string, lookUp: LookUp, delimiters: DelimiterStack) {
    this.#text = text;
    this.#lookUp = lookUp;
    this.#delimiters = delimiters;
  }

  /** Whether a bracket is open. */
  get isAnyOpen(): boolean {
    return this.#top !== undefined;
  }

  /** Leaves all open brackets as text. */
  giveUp(): void {
    this.#top = undefined;
  }

  /** Opens a bracket; `piece` is its text and `start` the offset after it. */
  open(piece: Piece, start: number): void {
    if (this.#top) this.#top.holdsBracket = true;
    const isImage = piece.text === '![';
    const delimiter = this.#delimiters.top;
    this.#top = {
      piece,
      start,
      previous: this.#top,
      delimiter,
      isImage,
      isActive: true,
      holdsBracket: false,
    };
  }

  /**
   * Processes the `]` at `at` and what belongs to it, which may be known already. Returns the offset to continue from.
   */
  close(
    { root, at: offset, canHide }: { root: Piece; at: number; canHide: boolean },
    known?: Target,
  ): number {
    const opener = this.#top;
    this.#top = opener?.previous;
    const target = opener?.isActive ? (known ?? this.#readTarget(opener, offset + 1)) : undefined;
    this.isCutOff ||= target === 'cut-off';
    if (opener && typeof target === 'object') {
      const end = this.#link(root, opener, target);
      if (end !== undefined) return end;
    }
    const isUnfinished =
      canHide && opener?.isActive && (target === 'cut-off' || offset + 1 >= this.#text.length);
    if (isUnfinished) {
      opener.piece.text = '';
      return this.#text.length;
    }
    root.append(new Piece('text', ']'));
    return offset + 1;
  }

  /** While text streams in, a bracket without its `]` is hidden. */
  hideOpen(): void {
    for (let opener = this.#top; opener; opener = opener.previous) {
      if (opener.isActive) opener.piece.text = '';
    }
  }

  #link(root: Piece, opener: Bracket, { definition, end }: { definition: Definition; end: number }) {
    const piece = new Piece(opener.isImage ? 'image' : 'link');
    piece.href = definition.href;
    piece.title = definition.title;
    this.#delimiters.resolve(opener.delimiter);
    this.#delimiters.dropAbove(opener.delimiter);
    // An HTML element may have closed around the bracket.
    if (opener.piece.parent !== root || !piece.takeBetween(opener.piece, undefined)) {
      // Nested too deeply, and so would be everything around it.
      this.#top = undefined;
      return undefined;
    }
    opener.piece.remove();
    root.append(piece);
    if (!opener.isImage) this.#deactivateLinks();
    return end;
  }

  #deactivateLinks(): void {
    for (let opener = this.#top; opener; opener = opener.previous) {
      if (opener.isImage) continue;
      // The brackets below were deactivated together with it.
      if (!opener.isActive) return;
      opener.isActive = false;
    }
  }

  #readTarget(opener: Bracket, offset: number): Target {
    const inline = this.#text[offset] === '(' ? this.#readInlineTarget(offset + 1) : undefined;
    if (typeof inline === 'object') return inline;
    return this.#readReference(opener, offset) ?? inline;
  }

  #readInlineTarget(offset: number): Target {
    const text = this.#text;
    const start = skipSpaceAndLine(text, offset);
    const destination = readDestination(text, start);
    if (destination.kind === 'cut-off') return 'cut-off';
    if (destination.kind === 'none') return undefined;
    let at = skipSpaceAndLine(text, destination.end);
    const title = at > destination.end ? readTitle(text, at) : undefined;
    if (title?.kind === 'cut-off') return 'cut-off';
    if (title?.kind === 'found') at = skipSpaceAndLine(text, title.end);
    if (at >= text.length) return 'cut-off';
    if (text[at] !== ')') return undefined;
    return {
      definition: { href: destination.value, title: title?.kind === 'found' ? title.value : '' },
      end: at + 1,
    };
  }

  #readReference(opener: Bracket, offset: number): Target {
    const label = readLabel(this.#text, offset);
    if (label.kind === 'cut-off') return 'cut-off';
    const isFull = label.kind === 'found' && label.value !== '';
    if (!isFull && opener.holdsBracket) return undefined;
    if (!isFull && offset - opener.start > MAX_LABEL_CHARS) return undefined;
    const words = isFull ? label.value : this.#text.slice(opener.start, offset - 1);
    const key = normalizeLabel(words);
    const definition = this.#lookUp(key);
    if (definition) return { definition, end: label.kind === 'found' ? label.end : offset };
    if (key !== '') this.missingLabels.push(key);
    return undefined;
  }
}
