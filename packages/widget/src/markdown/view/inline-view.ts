/** Renders the text of one leaf block and remembers how much of it is final. */
import type { LookUp } from '../inline/brackets.ts';
import type { InlineNode } from '../inline/inline-node.ts';
import { parseInline, type TextState } from '../inline/inline-parser.ts';
import { patchInline } from './inline-patch.ts';
import type { MarkdownOptions } from '../options.ts';

/**
 * From this many children on, the direction is set explicitly: with `dir="auto"`, Chromium visits all children for each
 * one added, 0.7 s for 10,000.
 */
const MAX_AUTO_DIRECTION_NODES = 256;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** State shared by all views of one text. */
export interface ViewContext {
  /** Options of the renderer. */
  readonly options: MarkdownOptions;
  /** Finds link reference definitions. */
  readonly lookUp: LookUp;
  /** Views with references without a definition, by label; they are parsed again when it arrives. */
  readonly waiting: Map<string, Set<InlineView>>;
}

/** View of inline content. */
export class InlineView {
  /** The element of the leaf. */
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  /** Number of children before the text that belong to someone else. */
  #lead = 0;
  #text = '';
  #state: TextState = 'growing';
  #settledOffset = 0;
  #settledCount = 0;
  /** The nodes shown after the settled ones. */
  #shown: InlineNode[] = [];

  constructor(element: HTMLElement, context: ViewContext) {
    this.element = element;
    this.#context = context;
  }

  /** Shows `text`. Cheap if it only grew. */
  show(text: string, state: TextState): void {
    if (text === this.#text && state === this.#state) return;
    const settled = this.#settledOffset;
    if (settled > 0 && text.slice(0, settled) !== this.#text.slice(0, settled)) this.#forget();
    this.#text = text;
    this.#state = state;
    this.#read();
  }

  /** Parses the text again with the definitions that arrived since. */
  refresh(): void {
    this.#forget();
    this.#read();
  }

  /** Sets the number of children before the text that belong to someone else. */
  setLead(count: number): void {
    this.#lead = count;
  }

  #read(): void {
    const { lookUp, options } = this.#context;
    const source = {
      text: this.#text,
      state: this.#state,
      lookUp,
      math: options.math,
      dialect: options.dialect,
    };
    const { nodes, settled, missingLabels } = parseInline(source, this.#settledOffset);
    if (this.#settledCount + nodes.length > MAX_AUTO_DIRECTION_NODES)
      this.element.dir = directionOf(this.#text);
    const span = { parent: this.element, start: this.#lead + this.#settledCount };
    patchInline(span, { shown: this.#shown, next: nodes }, options);
    this.#shown = nodes.slice(settled.nodeCount);
    this.#settledCount += settled.nodeCount;
    this.#settledOffset = settled.offset;
    for (const label of missingLabels) this.#wait(label);
  }

  #wait(label: string): void {
    const views = this.#context.waiting.get(label);
    if (views) views.add(this);
    else this.#context.waiting.set(label, new Set([this]));
  }

  #forget(): void {
    while (this.element.childNodes.length > this.#lead) this.element.lastChild?.remove();
    this.#shown = [];
    this.#settledCount = this.#settledOffset = 0;
  }
}

/**
 * Sets the direction of a list, quote or table from its first letter. `dir="auto"` cannot: it skips children with a
 * `dir` of their own.
 */
export function setDirectionByFirstStrongCharacter(element: HTMLElement): void {
  if (element.dir === '' && directionOf(element.firstElementChild?.textContent ?? '') === 'rtl')
    element.dir = 'rtl';
}

/** Direction of the first letter, as `dir="auto"` determines it. */
function directionOf(text: string): 'ltr' | 'rtl' {
  const entry = /\p{L}/u.exec(text)?.[0] ?? '';
  return RIGHT_TO_LEFT.test(entry) ? 'rtl' : 'ltr';
}
