/**
 * Cursor over one line, with positions in characters and in columns: a tab fills up to the next multiple of four
 * columns.
 */

const TAB_STOP = 4;
/** Indentation in columns from which on a line is code and starts no other block (CommonMark 4.4). */
export const CODE_INDENT = 4;

/** Cursor over one line. */
export class LineCursor {
  /** The line without its line end. */
  readonly text: string;
  /** Position in characters. */
  offset = 0;
  /** Position in columns. */
  column = 0;
  /** Offset of the next character that is neither space nor tab; the length of the line if there is none. */
  nextOffset = 0;
  /** Columns from the cursor to `nextOffset`. */
  indent = 0;
  /** Whether only spaces and tabs follow. */
  isBlank = false;
  #nextColumn = 0;
  #isInsideTab = false;

  constructor(text: string) {
    this.text = text;
    this.look();
  }

  /** Whether the indentation is that of code. */
  get isIndented(): boolean {
    return this.indent >= CODE_INDENT;
  }

  /** The line from the next character that is no space. */
  get content(): string {
    return this.text.slice(this.nextOffset);
  }

  /** The next character that is no space; empty if the rest is blank. */
  get nextCharacter(): string {
    return this.text.charAt(this.nextOffset);
  }

  /** Updates `nextOffset`, `indent` and `isBlank`. Called after each move. */
  look(): void {
    let offset = this.offset;
    let column = this.column;
    for (; offset < this.text.length; offset++) {
      const character = this.text[offset];
      if (character === ' ') column++;
      else if (character === '\t') column += TAB_STOP - (column % TAB_STOP);
      else break;
    }
    this.nextOffset = offset;
    this.#nextColumn = column;
    this.indent = column - this.column;
    this.isBlank = offset >= this.text.length;
  }

  /** Moves by `count` characters. */
  skipCharacters(count: number): void {
    for (let left = count; left > 0 && this.offset < this.text.length; left--) {
      this.column += this.text[this.offset] === '\t' ? TAB_STOP - (this.column % TAB_STOP) : 1;
      this.offset++;
    }
    this.#isInsideTab = false;
    this.look();
  }

  /** Moves by `count` columns, possibly into the middle of a tab. */
  skipColumns(count: number): void {
    let left = count;
    while (left > 0 && this.offset < this.text.length) {
      const toStop = this.text[this.offset] === '\t' ? TAB_STOP - (this.column % TAB_STOP) : 1;
      this.#isInsideTab = toStop > left;
      const step = Math.min(left, toStop);
      this.column += step;
      left -= step;
      if (!this.#isInsideTab) this.offset++;
    }
    this.look();
  }

  /** Moves to the next character that is no space. */
  skipSpace(): void {
    this.offset = this.nextOffset;
    this.column = this.#nextColumn;
    this.#isInsideTab = false;
    this.look();
  }

  /** Whether the character at the cursor is a space or a tab. */
  isAtSpace(): boolean {
    const character = this.text[this.offset];
    return character === ' ' || character === '\t';
  }

  /** The rest of the line; the unread columns of a partially read tab become spaces. */
  rest(): string {
    if (!this.#isInsideTab) return this.text.slice(this.offset);
    return ' '.repeat(TAB_STOP - (this.column % TAB_STOP)) + this.text.slice(this.offset + 1);
  }
}
