/**
 * Contract between the Markdown renderer and math support, which is passed in so that pages without formulas do not
 * load it.
 */

/** A formula found in text. */
export interface Formula {
  /** TeX between the delimiters. */
  tex: string;
  /** Source including the delimiters; shown if the formula cannot be rendered. */
  source: string;
  /** Whether it stands on a line of its own. */
  isDisplay: boolean;
}

/** `held`: the rest of a growing text may be a formula, so it is hidden. */
export type MathRead = { formula: Formula; end: number } | 'held' | undefined;

/** Recognizes formulas. */
export interface MathSyntax {
  /** Reads a formula at `offset`, where a `$` or a backslash is. */
  read: (text: string, offset: number, isGrowing: boolean) => MathRead;
  /** Returns the closing delimiter if `content` begins a formula block that continues after this line. */
  closerOf: (content: string) => string | undefined;
  /** Maximum number of characters between the delimiters. */
  maxChars: number;
}

/** Syntax of formulas, and their renderer. */
export interface MathOptions extends MathSyntax {
  /** Renders a formula into an empty element. */
  render: (element: HTMLElement, formula: Formula) => void;
}
