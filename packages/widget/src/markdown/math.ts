/** What a reader of formulas gives; the reader itself comes from outside, so that pages without formulas do not load it. */

export interface Formula {
  /** Between the marks. */
  tex: string;
  /** As written, marks included: shown where it cannot be read. */
  source: string;
  /** On a line of its own. */
  isDisplay: boolean;
}

/** `held`: the rest of a growing text may be a formula. */
export type MathRead = { formula: Formula; end: number } | 'held' | undefined;

export interface MathSyntax {
  /** Reads a formula at `offset`, where a `$` or a backslash stands. */
  read: (text: string, offset: number, isGrowing: boolean) => MathRead;
  /** What ends a formula whose first line is `content`, when it begins a block of its own and goes on behind that line. */
  closerOf: (content: string) => string | undefined;
  /** Between an opener and its closer at most. */
  maxChars: number;
}

/** How formulas are written, and what fills an empty element with one. */
export interface MathOptions extends MathSyntax {
  render: (element: HTMLElement, formula: Formula) => void;
}
