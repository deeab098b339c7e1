/** An element that shows the text of one leaf and remembers how far it is final. */
import type { LookUp } from '../inline/brackets.ts';
import type { InlineNode } from '../inline/inline-node.ts';
import { parseInline, type TextState } from '../inline/inline-parser.ts';
import { patchInline } from './inline-patch.ts';
import type { MarkdownOptions } from '../options.ts';

/**
 * From this many children on we say the direction ourselves: with `dir="auto"` Chromium walks all children for each
 * one added, 0.7 s for 10,000.
 */
const MAX_AUTO_DIRECTION_NODES = 256;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** What all views of one text share. */
export interface ViewContext {
  readonly options: MarkdownOptions;
  readonly lookUp: LookUp;
  /** Views that hold references without a definition, by label, to be read again when one arrives. */
  readonly waiting: Map<string, Set<InlineView>>;
}

export class InlineView {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  /** Children of the element that are not ours, before the text. */
  #lead = 0;
  #text = '';
  #state: TextState = 'growing';
  #settledOffset = 0;
  #settledCount = 0;
  /** The nodes shown behind the settled ones. */
  #shown: InlineNode[] = [];

  constructor(element: HTMLElement, context: ViewContext) {
    this.element = element;
    this.#context = context;
  }

  /** Shows `text`; cheap when it only grew. */
  show(text: string, state: TextState): void {
    if (text === this.#text && state === this.#state) return;
    const settled = this.#settledOffset;
    if (settled > 0 && text.slice(0, settled) !== this.#text.slice(0, settled)) this.#forget();
    this.#text = text;
    this.#state = state;
    this.#read();
  }

  /** Reads the text again, with definitions that have arrived since. */
  refresh(): void {
    this.#forget();
    this.#read();
  }

  /** Says how many children before the text are not ours. */
  setLead(count: number): void {
    this.#lead = count;
  }

  #read(): void {
    const { lookUp, options } = this.#context;
    const source = { text: this.#text, state: this.#state, lookUp, math: options.math };
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
 * A list, a quote or a table stands on the side of its first letter. `dir="auto"` is no help: it does not look into children
 * that have a `dir` of their own.
 */
export function setDirectionByFirstStrongCharacter(element: HTMLElement): void {
  if (element.dir === '' && directionOf(element.firstElementChild?.textContent ?? '') === 'rtl')
    element.dir = 'rtl';
}

/** The direction of the first letter, as `dir="auto"` finds it. */
function directionOf(text: string): 'ltr' | 'rtl' {
  const entry = /\p{L}/u.exec(text)?.[0] ?? '';
  return RIGHT_TO_LEFT.test(entry) ? 'rtl' : 'ltr';
}
