/** Renders the text of one leaf block and remembers how much of it is final. */
import type { LookUp } from '../inline/brackets.ts';
import type { InlineNode } from '../inline/inline-node.ts';
import { parseInline } from '../inline/inline-parser.ts';
import type { TextState } from '../inline/inline-source.ts';
import { childAfter, patchInline } from './inline-patch.ts';
import type { MarkdownOptions } from '../options.ts';

/**
 * From this many children on, the direction is set explicitly: with `dir="auto"`, Chromium visits all children for each
 * one added, 0.7 s for 10,000.
 */
const MAX_AUTO_DIRECTION_NODES = 256;
/**
 * Texts up to this length are parsed again for each definition that they waited for; longer ones wait until as much was
 * read as they are long.
 */
const REFRESHED_AT_ONCE_CHARS = 1_000;
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
  /** The child before the text that belongs to someone else. */
  #lead: ChildNode | undefined;
  /** The last child that is final; walking to it by its index would take longer with each update. */
  #lastSettled: ChildNode | undefined;
  #text = '';
  #state: TextState = 'growing';
  #settledOffset = 0;
  #settledCount = 0;
  #refreshedAtChars = 0;
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

  /** Parses the text again with the definitions that arrived since, when `chars` of the whole text were read. */
  refresh(chars: number): void {
    this.#refreshedAtChars = chars;
    this.#forget();
    this.#read();
  }

  /** Sets the child before the text that belongs to someone else. */
  setLead(lead: ChildNode | undefined): void {
    this.#lead = lead;
  }

  /** Whether parsing again, when `chars` of the whole text were read, costs no more than what was read since. */
  mayRefresh(chars: number): boolean {
    return this.#text.length - REFRESHED_AT_ONCE_CHARS <= chars - this.#refreshedAtChars;
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
    if (this.element.dir === 'auto' && this.#settledCount + nodes.length > MAX_AUTO_DIRECTION_NODES)
      this.element.dir = directionOf(this.#text) ?? 'ltr';
    const span = { parent: this.element, after: this.#lastSettled ?? this.#lead };
    patchInline(span, { shown: this.#shown, next: nodes }, options);
    for (let left = settled.nodeCount; left > 0; left--)
      this.#lastSettled = childAfter(this.element, this.#lastSettled ?? this.#lead);
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
    this.element.replaceChildren(...(this.#lead ? [this.#lead] : []));
    this.#lastSettled = undefined;
    this.#shown = [];
    this.#settledCount = this.#settledOffset = 0;
  }
}

/**
 * Sets the direction of a list, quote or table from the first letter of `text`. `dir="auto"` cannot: it skips children
 * with a `dir` of their own, and visits all children for each one that is added.
 */
export function setDirection(element: HTMLElement, text: string): void {
  const direction = directionOf(text);
  if (direction === undefined) element.removeAttribute('dir');
  else if (element.dir !== direction) element.dir = direction;
}

/** Direction of the first letter; undefined if there is no letter near the start. */
function directionOf(text: string): 'ltr' | 'rtl' | undefined {
  const letter = /\p{L}/u.exec(text.slice(0, 500).replace(/<[^>]*>?|&\w+;?/g, ''))?.[0];
  if (letter === undefined) return undefined;
  return RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr';
}
