/**
 * Decides whether an open block continues on the next line (phase 1 of CommonMark) and moves the cursor past its
 * prefix.
 */
import type { Block, CodeBlock, ItemBlock } from './block.ts';
import type { Continuation, MathBlockSyntax } from './block-contract.ts';
import type { LineCursor } from './line-cursor.ts';

/** Maximum indentation, in columns, of a fence, a quote marker or a bullet. */
const MAX_MARKER_INDENT = 3;

/** Checks one open block against the line. @param math the syntax that has started the formulas */
export function continueBlock(
  block: Block,
  line: LineCursor,
  math: MathBlockSyntax | undefined,
): Continuation {
  switch (block.kind) {
    case 'document':
    case 'list':
      return 'goes-on';
    case 'quote':
      return skipQuoteMark(line) ? 'goes-on' : 'is-over';
    case 'item':
      return continueItem(block, line);
    case 'code':
      return block.fence ? continueFence(block.fence, line) : continueIndented(line);
    case 'math':
      return math?.continue(block, line) ?? 'is-over';
    case 'paragraph':
    case 'table':
      return line.isBlank ? 'is-over' : 'goes-on';
    case 'heading':
    case 'rule':
      return 'is-over';
  }
}

/** Moves past `>` and one optional column of space after it. Returns false if there is no marker. */
export function skipQuoteMark(line: LineCursor): boolean {
  if (line.indent > MAX_MARKER_INDENT || line.nextCharacter !== '>') return false;
  line.skipSpace();
  line.skipCharacters(1);
  if (line.isAtSpace()) line.skipColumns(1);
  return true;
}

function continueItem(item: ItemBlock, line: LineCursor): Continuation {
  if (line.isBlank) {
    // A list item can begin with at most one blank line.
    if (item.children.length === 0) return 'is-over';
    line.skipSpace();
    return 'goes-on';
  }
  if (line.indent < item.nestedFrom) return 'is-over';
  line.skipColumns(Math.min(line.indent, item.contentColumn));
  return 'goes-on';
}

function continueFence(fence: NonNullable<CodeBlock['fence']>, line: LineCursor): Continuation {
  if (line.indent <= MAX_MARKER_INDENT && line.nextCharacter === fence.character) {
    const run = /^(?:`{3,}|~{3,})(?=[ \t]*$)/.exec(line.content)?.[0] ?? '';
    if (run.length >= fence.length) return 'ends-line';
  }
  for (let left = fence.indent; left > 0 && line.isAtSpace(); left--) line.skipColumns(1);
  return 'goes-on';
}

function continueIndented(line: LineCursor): Continuation {
  if (line.isIndented) line.skipColumns(4);
  else if (line.isBlank) line.skipSpace();
  else return 'is-over';
  return 'goes-on';
}
