/** The tree that lines of Markdown become: containers hold blocks, leaves hold text still to be read inline. */

/**
 * `open` may still grow, `closed` is closed only by a line that is not complete yet, `settled` never changes
 * again.
 */
export type Phase = 'open' | 'closed' | 'settled';

export interface DocumentBlock {
  kind: 'document';
  phase: Phase;
  children: Block[];
}

export interface QuoteBlock {
  kind: 'quote';
  phase: Phase;
  children: Block[];
}

export interface ListBlock {
  kind: 'list';
  phase: Phase;
  children: Block[];
  isOrdered: boolean;
  /** The number of the first item, 0 to 999,999,999; 1 for bullets. */
  start: number;
  /** `-`, `+`, `*`, `.` or `)`: items with another one start another list. */
  marker: string;
  /** No blank line between its items or inside one. */
  isTight: boolean;
}

export interface ItemBlock {
  kind: 'item';
  phase: Phase;
  children: Block[];
  /** Columns a line must be indented by to belong to this item. */
  contentColumn: number;
}

export interface ParagraphBlock {
  kind: 'paragraph';
  phase: Phase;
  /** Lines joined by `\n`, without indentation. */
  text: string;
}

export interface HeadingBlock {
  kind: 'heading';
  phase: Phase;
  level: number;
  text: string;
}

export interface CodeBlock {
  kind: 'code';
  phase: Phase;
  lines: string[];
  /** The whole info string, unescaped; empty for indented code. */
  info: string;
  /** Absent for indented code. */
  fence: { character: string; length: number; indent: number } | undefined;
}

/** A formula of several lines. */
export interface MathBlock {
  kind: 'math';
  phase: Phase;
  /** Those between the marks. */
  lines: string[];
  opener: string;
  closer: string;
  /** The closer has come; a formula without one is text. */
  isClosed: boolean;
}

export interface RuleBlock {
  kind: 'rule';
  phase: Phase;
}

export type Alignment = 'left' | 'center' | 'right' | 'none';

export interface TableBlock {
  kind: 'table';
  phase: Phase;
  alignments: Alignment[];
  /** Cell texts still to be read inline; the header is the first row, each row has as many cells as `alignments`. */
  rows: string[][];
}

export type ContainerBlock = DocumentBlock | QuoteBlock | ListBlock | ItemBlock;
export type Block =
  ContainerBlock | ParagraphBlock | HeadingBlock | CodeBlock | MathBlock | RuleBlock | TableBlock;

/** Says whether `block` has children; everything else is a leaf. */
export function isContainer(block: Block): block is ContainerBlock {
  return 'children' in block;
}

/** Says whether lines are taken into `block` as they are: nothing starts in it. */
export function isVerbatim(block: Block): boolean {
  return block.kind === 'code' || block.kind === 'math';
}

/** Says whether `child` may stand directly in `parent`. */
export function canHold(parent: Block, child: Block): parent is ContainerBlock {
  if (!isContainer(parent)) return false;
  return parent.kind === 'list' ? child.kind === 'item' : child.kind !== 'item';
}
