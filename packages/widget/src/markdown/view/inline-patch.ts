/** Renders inline nodes as DOM nodes, one for one, and patches them in place so that growing text only appends. */
import type { InlineNode, MarkKind } from '../inline/inline-node.ts';
import { rareSyntax } from '../inline/rare.ts';
import type { Formula } from '../math.ts';
import { safeLink, type MarkdownOptions } from '../options.ts';
import { patchLink } from './link-element.ts';
import { isUnusual, namesIn, shownAs } from '../unusual.ts';

const MARK_TAGS: Partial<Record<MarkKind, string>> = { emphasis: 'em', strike: 'del' };

/** The children of `parent` after one of them, which show inline nodes. */
export interface InlineSpan {
  /** Element that contains the nodes. */
  parent: Element;
  /** Child before the nodes; undefined if there is none. */
  after?: ChildNode | undefined;
}

/** Returns the child after `child`, or the first one if there is none before. */
export function childAfter(parent: Element, child: ChildNode | undefined): ChildNode | undefined {
  return (child ? child.nextSibling : parent.firstChild) ?? undefined;
}

/** Patches the children of `span` from showing `shown` to showing `next`. */
export function patchInline(
  span: InlineSpan,
  change: { shown: readonly InlineNode[]; next: readonly InlineNode[] },
  options: MarkdownOptions,
): void {
  const { parent, after } = span;
  const { shown, next } = change;
  // Walks from sibling to sibling: an index into `childNodes` is recomputed after each change.
  let existing = shown.length > 0 ? childAfter(parent, after) : undefined;
  next.forEach((node, index) => {
    const before = shown[index];
    if (!before || !existing) {
      parent.append(createNode(node, options));
      return;
    }
    const following = existing.nextSibling ?? undefined;
    if (!patchNode(existing, { before, node }, options)) existing.replaceWith(createNode(node, options));
    existing = following;
  });
  for (let index = shown.length; index > next.length; index--) parent.lastChild?.remove();
}

/** Whether `existing`, which shows `before`, could be patched to show `node`. */
function patchNode(
  existing: ChildNode,
  { before, node }: { before: InlineNode; node: InlineNode },
  options: MarkdownOptions,
): boolean {
  if (node.kind === 'text' || node.kind === 'code') {
    if (before.kind !== node.kind) return false;
    const text = existing instanceof Text ? existing : existing.firstChild;
    return text instanceof Text && patchText(text, before.text, node);
  }
  if (node.kind === 'break') return before.kind === 'break';
  if (
    node.kind === 'image' ||
    node.kind === 'math' ||
    node.kind === 'special' ||
    before.kind !== node.kind ||
    !(existing instanceof Element)
  ) {
    return JSON.stringify(before) === JSON.stringify(node);
  }
  if (node.kind === 'link') {
    if (before.kind !== 'link' || !patchLink(existing, node, options)) return false;
    patchInline(
      { parent: existing },
      { shown: namesIn(before.children), next: namesIn(node.children) },
      options,
    );
  } else patchInline({ parent: existing }, { shown: before.children, next: node.children }, options);
  return true;
}

/** Characters before an addition that may form a run with it. */
const RUN_CHARS = 8;

function patchText(existing: Text, before: string, node: Words): true {
  const { text } = node;
  const isLonger = text.length > before.length && text.startsWith(before);
  // What is shown is the text itself, and what is added is usual: reading all of it again for each delta would be quadratic.
  if (
    isLonger &&
    existing.length === before.length &&
    !isUnusual(text.slice(-RUN_CHARS - text.length + before.length))
  )
    existing.appendData(text.slice(before.length));
  else if (text !== before) existing.data = wordsOf(node);
  return true;
}

type Words = Extract<InlineNode, { kind: 'text' | 'code' }>;
const wordsOf = ({ kind, text }: Words): string => shownAs(kind === 'code' ? 'code' : 'prose', text);

/** Creates an element for a formula, filled by the renderer of the options. */
export function createFormula(formula: Formula, { math }: MarkdownOptions): HTMLElement {
  const element = document.createElement('span');
  element.className = formula.isDisplay ? 'math math-block' : 'math';
  math?.render(element, formula);
  return element;
}

function createNode(node: InlineNode, options: MarkdownOptions): ChildNode {
  switch (node.kind) {
    case 'text':
      return document.createTextNode(wordsOf(node));
    case 'code': {
      const code = document.createElement('code');
      code.append(document.createTextNode(wordsOf(node)));
      return code;
    }
    case 'break':
      return document.createElement('br');
    case 'image':
      // Its reader comes with the rare syntax. If that cannot be loaded, the description is all there is.
      return rareSyntax()?.createImage?.(node, options) ?? document.createTextNode(node.alt);
    case 'math':
      return createFormula(node, options);
    case 'special':
      return node.create();
    case 'link': {
      const link = document.createElement(safeLink(node.href, options) ? 'a' : 'span');
      patchLink(link, node, options);
      return fill(link, namesIn(node.children), options);
    }
    default:
      return fill(document.createElement(MARK_TAGS[node.kind] ?? node.kind), node.children, options);
  }
}

function fill(element: HTMLElement, children: readonly InlineNode[], options: MarkdownOptions): HTMLElement {
  patchInline({ parent: element }, { shown: [], next: children }, options);
  return element;
}
