/** Writes inline nodes as one line, so that a test can compare them as a string. */
import type { InlineNode } from '../inline/inline-node.ts';
import { parseInline } from '../inline/inline-parser.ts';
import type { InlineSource } from '../inline/inline-source.ts';

/** Parses a complete text and returns its outline: `{strong words}`, `{href|words}`, `` `code` ``. */
export function outline(text: string, options: Partial<InlineSource> = {}): string {
  return outlineOf(parseInline({ text, state: 'whole', lookUp: () => undefined, ...options }).nodes);
}

/** Returns the outline of nodes. */
export function outlineOf(nodes: readonly InlineNode[]): string {
  return nodes.map(outlineOfNode).join('');
}

function outlineOfNode(node: InlineNode): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'code') return `\`${node.text}\``;
  if (node.kind === 'link') return `{${node.href}|${outlineOf(node.children)}}`;
  return 'children' in node ? `{${node.kind} ${outlineOf(node.children)}}` : `{${node.kind}}`;
}
