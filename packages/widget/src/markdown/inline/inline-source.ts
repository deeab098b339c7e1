/** Input and result of the inline parser. */
import type { Dialect } from '../dialect.ts';
import type { MathSyntax } from '../math.ts';
import type { LookUp } from './brackets.ts';
import type { InlineNode } from './inline-node.ts';

/**
 * `whole`: the text is complete. `growing`: more text will come, so an unclosed mark at the end is shown as if it were
 * closed, and a lone marker is hidden. `resting`: more lines may come, but the last line is complete.
 */
export type TextState = 'whole' | 'growing' | 'resting';

/** Input of the inline parser. */
export interface InlineSource {
  /** Text of the leaf. */
  text: string;
  /** Whether more text will come. */
  state: TextState;
  /** Finds link reference definitions. */
  lookUp: LookUp;
  /** Default: commonmark. */
  dialect?: Dialect | undefined;
  /** Syntax of formulas; undefined unless the site enables math. */
  math?: MathSyntax | undefined;
}

/** Result of the inline parser. */
export interface InlineResult {
  /** Nodes of the text that was parsed. */
  nodes: InlineNode[];
  /** Labels without a definition: if one is defined later, the text must be parsed again. */
  missingLabels: string[];
  /** What later text cannot change: this many nodes, up to this offset. */
  settled: { nodeCount: number; offset: number };
}
