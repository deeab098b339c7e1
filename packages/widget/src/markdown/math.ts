/**
 * Contract between the Markdown renderer and math support, which is passed in so that pages without formulas do not
 * load it.
 */
import type { MathBlock } from './blocks/block.ts';
import type { MathBlockSyntax } from './blocks/block-contract.ts';

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
export interface MathSyntax extends MathBlockSyntax {
  /** Reads a formula at `offset`, where a `$` or a backslash is. */
  read: (text: string, offset: number, isGrowing: boolean) => MathRead;
  /** Maximum number of characters between the delimiters. */
  maxChars: number;
}

/** Shows a formula of several lines. */
export interface MathBlockView {
  /** The element of the formula. */
  readonly element: HTMLElement;
  /** Shows the formula once it is complete. */
  update(block: MathBlock): void;
}

/** Syntax of formulas, and their renderer. */
export interface MathOptions extends MathSyntax {
  /** Renders a formula into an empty element. */
  render: (element: HTMLElement, formula: Formula) => void;
  /** Creates the view of a formula of several lines. */
  createView: () => MathBlockView;
}
