/** One line being read: where we are in characters and, because a tab fills up to the next multiple of four, in columns. */

const TAB_STOP = 4;
/** From this indentation on a line is code, not the start of another block (CommonMark 4.4). */
export const CODE_INDENT = 4;

export class LineCursor {
  readonly text: string;
  offset = 0;
  column = 0;
  /** Where the first character that is no space or tab stands; the line's length when blank. */
  nextOffset = 0;
  /** Columns between here and there. */
  indent = 0;
  isBlank = false;
  #nextColumn = 0;
  #isInsideTab = false;

  constructor(text: string) {
    this.text = text;
    this.look();
  }

  /** Indented deeply enough to be code. */
  get isIndented(): boolean {
    return this.indent >= CODE_INDENT;
  }

  /** The line from its first character that is no space. */
  get content(): string {
    return this.text.slice(this.nextOffset);
  }

  /** The first character that is no space; empty when blank. */
  get nextCharacter(): string {
    return this.text.charAt(this.nextOffset);
  }

  /** Finds the next character that is no space again; called after each move. */
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

  /** Moves by `count` columns, which may end inside a tab. */
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

  /** Says whether the character here is a space or a tab. */
  isAtSpace(): boolean {
    const character = this.text[this.offset];
    return character === ' ' || character === '\t';
  }

  /** What is left of the line; the unread columns of a tab we stand in become spaces. */
  rest(): string {
    if (!this.#isInsideTab) return this.text.slice(this.offset);
    return ' '.repeat(TAB_STOP - (this.column % TAB_STOP)) + this.text.slice(this.offset + 1);
  }
}
