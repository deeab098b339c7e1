/** Block tree of a Markdown document: containers hold blocks, leaves hold text that is parsed inline later. */

/**
 * `open`: may still grow. `closed`: closed by a line that is still incomplete, so this can be undone. `settled`: never
 * changes again.
 */
export type Phase = 'open' | 'closed' | 'settled';

/** Root of the tree. */
export interface DocumentBlock {
  /** Discriminant. */
  kind: 'document';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Blocks in order. */
  children: Block[];
}

/** Block quote. */
export interface QuoteBlock {
  /** Discriminant. */
  kind: 'quote';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Blocks in order. */
  children: Block[];
}

/** Bullet list or ordered list. */
export interface ListBlock {
  /** Discriminant. */
  kind: 'list';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Items in order. */
  children: Block[];
  /** Whether the items are numbered. */
  isOrdered: boolean;
  /** Number of the first item, 0 to 999,999,999; 1 for bullet lists. */
  start: number;
  /** `-`, `+`, `*`, `.`, `)`, or `^` for footnotes. An item with another marker begins another list. */
  marker: string;
  /** Whether there is no blank line between or inside its items. */
  isTight: boolean;
}

/** Item of a list. */
export interface ItemBlock {
  /** Discriminant. */
  kind: 'item';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Blocks in order. */
  children: Block[];
  /** Indentation of the text in columns. */
  contentColumn: number;
  /** Indentation in columns from which on a line belongs to this item. */
  nestedFrom: number;
}

/** Paragraph. */
export interface ParagraphBlock {
  /** Discriminant. */
  kind: 'paragraph';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Lines joined by `\n`, without indentation. */
  text: string;
  /** Offset after the link reference definitions at its start that are complete. */
  definedTo: number;
}

/** Heading, written either way. */
export interface HeadingBlock {
  /** Discriminant. */
  kind: 'heading';
  /** Lifecycle of the block. */
  phase: Phase;
  /** 1 to 6. */
  level: number;
  /** Text without markers. */
  text: string;
}

/** Fenced or indented code. */
export interface CodeBlock {
  /** Discriminant. */
  kind: 'code';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Lines without their indentation. */
  lines: string[];
  /** Number of lines up to the last one that is not blank. */
  filledLines: number;
  /** The whole info string, unescaped; empty for indented code. */
  info: string;
  /** Opening fence; undefined for indented code. */
  fence: { character: string; length: number; indent: number } | undefined;
}

/** Formula that spans several lines. */
export interface MathBlock {
  /** Discriminant. */
  kind: 'math';
  /** Lifecycle of the block. */
  phase: Phase;
  /** Lines between the delimiters. */
  lines: string[];
  /** Opening delimiter as written. */
  opener: string;
  /** Closing delimiter that ends it. */
  closer: string;
  /** Whether the closing delimiter was read; a formula without one is shown as text. */
  isClosed: boolean;
}

/** Thematic break. */
export interface RuleBlock {
  /** Discriminant. */
  kind: 'rule';
  /** Lifecycle of the block. */
  phase: Phase;
}

/** Alignment of a table column. */
export type Alignment = 'left' | 'center' | 'right' | 'none';

/** Table of GFM. */
export interface TableBlock {
  /** Discriminant. */
  kind: 'table';
  /** Lifecycle of the block. */
  phase: Phase;
  /** One per column. */
  alignments: Alignment[];
  /**
   * Text of the cells, parsed inline later. The header is the first row; each row has as many cells as `alignments`.
   */
  rows: string[][];
}

/** Blocks that hold blocks. */
export type ContainerBlock = DocumentBlock | QuoteBlock | ListBlock | ItemBlock;
/** Any block. */
export type Block =
  ContainerBlock | ParagraphBlock | HeadingBlock | CodeBlock | MathBlock | RuleBlock | TableBlock;

/** Whether a block has children; all others are leaves. */
export function isContainer(block: Block): block is ContainerBlock {
  return 'children' in block;
}

/** Whether a block takes lines literally, so that nothing can start in it. */
export function isVerbatim(block: Block): boolean {
  return block.kind === 'code' || block.kind === 'math';
}

/** Whether `child` may be a direct child of `parent`. */
export function canHold(parent: Block, child: Block): parent is ContainerBlock {
  if (!isContainer(parent)) return false;
  return parent.kind === 'list' ? child.kind === 'item' : child.kind !== 'item';
}
