/** Result of inline parsing: a shallow tree of marks around text. */

import type { Formula } from '../math.ts';

/** Elements of HTML that an answer may contain; `details` and the like are shown as a `div`. */
export type HtmlTag =
  | 'sub'
  | 'sup'
  | 'kbd'
  | 'b'
  | 'i'
  | 'u'
  | 's'
  | 'mark'
  | 'small'
  | 'pre'
  | 'hr'
  | 'p'
  | 'div'
  | 'ul'
  | 'ol'
  | 'li'
  | 'blockquote'
  | 'table'
  | 'thead'
  | 'tbody'
  | 'tr'
  | 'td'
  | 'th'
  | 'dl'
  | 'dt'
  | 'dd'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'h5'
  | 'h6';

/** Marks that wrap other nodes. */
export type MarkKind = 'emphasis' | 'strong' | 'strike' | HtmlTag;

/** Inline content of a leaf block. */
export type InlineNode =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  | { kind: MarkKind; children: InlineNode[] }
  | ({ kind: 'math' } & Formula)
  | { kind: 'special'; text: string; key: string; create: () => HTMLElement }
  | { kind: 'link'; href: string; title: string; children: InlineNode[] }
  | { kind: 'image'; src: string; title: string; alt: string };

/** Text of the nodes without marks; an image is its description, a line break a space. */
export function textOf(nodes: readonly InlineNode[], lineBreak: ' ' | '\n' = ' '): string {
  return nodes.map((node) => textOfNode(node, lineBreak)).join('');
}

function textOfNode(node: InlineNode, lineBreak: ' ' | '\n'): string {
  switch (node.kind) {
    case 'text':
      return node.text.replaceAll('\n', lineBreak);
    case 'code':
    case 'special':
      return node.text;
    case 'break':
      return lineBreak;
    case 'image':
      return node.alt;
    case 'math':
      return node.source;
    default:
      return textOf(node.children, lineBreak);
  }
}
