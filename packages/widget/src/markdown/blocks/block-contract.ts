/** Contract between the block parser and the syntax of blocks. */
import type { Block, MathBlock } from './block.ts';
import type { Definition } from './definition.ts';
import type { LineCursor } from './line-cursor.ts';

/** Operations of the parser that block starts may use. */
export interface OpenBlocks {
  /** The innermost block that the line belongs to so far. */
  readonly container: Block;
  /** The innermost open block; the line may close it. */
  readonly tip: Block;
  /** Whether a container may be opened: the nesting is below its limit. */
  readonly canNest: boolean;
  /** Syntax of formulas; undefined unless the site enables math. */
  readonly math: MathBlockSyntax | undefined;
  /** Whether the dialect is that of a chat. */
  readonly isChat: boolean;
  /** Closes the open blocks that the line does not belong to. */
  closeUnmatched(): void;
  /** Adds a definition, unless the line is a trial or the label has one. */
  define(label: string, definition: Definition): void;
  /** Appends a block to the current container and opens it. */
  open(block: Block): void;
  /** Replaces the open paragraph by `block`. */
  replaceParagraph(block: Block): void;
  /** Splits the open paragraph: it keeps `text` and is closed. */
  shortenParagraph(text: string): void;
}

/** `leaf`: the rest of the line is the text of the block; `whole-line`: the line is consumed. */
export type Start = 'none' | 'container' | 'leaf' | 'whole-line';
/** Reads a marker and opens its block. */
export type BlockStart = (line: LineCursor, blocks: OpenBlocks) => Start;
/** What an open block makes of a line. `ends-line`: the line closed the block and is consumed. */
export type Continuation = 'goes-on' | 'is-over' | 'ends-line';

/** Reads formulas of several lines. */
export interface MathBlockSyntax {
  /** Starts a formula. */
  start: BlockStart;
  /** Continues a formula. */
  continue: (block: MathBlock, line: LineCursor) => Continuation;
}
