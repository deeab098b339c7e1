/** Formulas that span several lines, if the site enables math: `$$` or `\[`, lines, and the closing delimiter. */
import type { MathBlock } from './block.ts';
import type { BlockStart, Continuation } from './block-contract.ts';
import type { LineCursor } from './line-cursor.ts';

/** Starts a block at `$$` or `\[`, unless the formula ends on the same line. */
export const startMath: BlockStart = (line, blocks) => {
  const { content } = line;
  const opener = content.slice(0, 2);
  const closer = opener === '$$' ? '$$' : opener === '\\[' ? '\\]' : undefined;
  if (line.isIndented || closer === undefined || content.includes(closer, 2)) return 'none';
  const first = content.slice(2).trim();
  const lines = first === '' ? [] : [first];
  blocks.open({ kind: 'math', phase: 'open', lines, opener, closer, isClosed: false });
  return 'whole-line';
};

/** Ends the block at a line that ends with the closing delimiter. */
export function continueMath(block: MathBlock, line: LineCursor): Continuation {
  const content = line.content.trimEnd();
  if (!content.endsWith(block.closer)) return 'goes-on';
  const last = content.slice(0, -block.closer.length);
  if (last !== '') block.lines.push(last);
  block.isClosed = true;
  return 'ends-line';
}
