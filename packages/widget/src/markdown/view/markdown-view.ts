/**
 * Shows Markdown that streams in, as DOM nodes that are built and patched, never as HTML strings.
 *
 * Elements and classes a stylesheet may count on:
 * - `p`, `h1` to `h6`, `blockquote`, `hr`, `ul`, `ol`, `li`, `em`, `strong`, `del`, `code`, `br`, `a`, `img` are bare.
 *   Text blocks carry `dir="auto"`; lists, quotes and tables that begin with a letter of such a script `dir="rtl"`.
 * - Lists: items always hold `<p>`; `ul.tight` and `ol.tight` want no space between them. A task begins with
 *   `input[type=checkbox][disabled]`.
 * - Code: `figure.code > figcaption (language, may be empty) + pre[tabindex=0] > code.language-…`, `dir="ltr"`.
 * - Tables: `div.table-scroll[role=group][tabindex=0] > table`; cells carry `data-align="left|center|right"`.
 * - Links: `a[target=_blank]`, with `data-host` (and it as `title` when there is none) when the words do not name the host they lead to, and then
 *   `data-claim` when they name another one;
 *   `span.refused-link` where the destination is not allowed.
 * - Formulas: `span.math`, with `.math-block` on a line of its own, filled by `math.render`.
 * - Images: `img`, or `.blocked-image` (`a`, or `span` when not even a link is allowed) with the description.
 */
import { loadNames, missedNames } from '../inline/character-reference.ts';
import type { LookUp } from '../inline/brackets.ts';
import { ContainerView } from './container-view.ts';
import type { InlineView, ViewContext } from './inline-view.ts';
import { MarkdownSource, type Progress } from '../blocks/markdown-source.ts';
import type { MarkdownOptions } from '../options.ts';

/** Owns the children of an element and shows one text in it. */
export class MarkdownView {
  readonly #target: HTMLElement;
  readonly #options: MarkdownOptions;
  #source: MarkdownSource;
  #root: ContainerView;
  #context: ViewContext;
  /** Goes up with each text shown: what was loaded for an older one is late. */
  #version = 0;

  constructor(target: HTMLElement, options: MarkdownOptions = {}) {
    this.#target = target;
    this.#options = options;
    this.#source = this.#createSource();
    this.#root = new ContainerView(target);
    this.#context = this.#createContext();
  }

  /**
   * Shows `text`, the whole of it so far; meant to be called at most once a frame. Costs what was added when `text`
   * goes on from the last one, and starts afresh when it does not. `complete` says that no more will come.
   */
  update(text: string, state: Progress): void {
    if (!this.#source.isContinuedBy(text)) this.clear();
    const missedBefore = missedNames();
    this.#source.read(text, state);
    const { document, growing } = this.#source.parser;
    this.#root.update(document, { context: this.#context, growing });
    this.#refreshWaiting();
    if (missedNames() > missedBefore) void this.#showWithNames();
  }

  /** Removes everything shown. */
  clear(): void {
    this.#version++;
    this.#target.replaceChildren();
    this.#source = this.#createSource();
    this.#root = new ContainerView(this.#target);
    this.#context = this.#createContext();
  }

  #createSource(): MarkdownSource {
    return new MarkdownSource(this.#options.math);
  }

  #createContext(): ViewContext {
    const { definitions } = this.#source.parser;
    const lookUp: LookUp = (label) => definitions.get(label);
    return { options: this.#options, lookUp, waiting: new Map<string, Set<InlineView>>() };
  }

  /** The one case in which what is settled is built again: a rare name of a character, once on a page. */
  async #showWithNames(): Promise<void> {
    const version = this.#version;
    if (!(await loadNames()) || version !== this.#version) return;
    const { text, state } = this.#source;
    this.clear();
    this.update(text, state);
  }

  /** A definition may come after what refers to it; each text that waited is read again once. */
  #refreshWaiting(): void {
    const views = new Set<InlineView>();
    for (const label of this.#source.parser.newLabels.splice(0)) {
      for (const view of this.#context.waiting.get(label) ?? []) views.add(view);
      this.#context.waiting.delete(label);
    }
    for (const view of views) view.refresh();
  }
}
