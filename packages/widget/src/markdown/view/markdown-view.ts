/**
 * Renders streaming Markdown as DOM nodes that are created and patched, never as HTML strings.
 *
 * Elements and classes that a style sheet may rely on:
 * - `p`, `h1` to `h6`, `blockquote`, `hr`, `ul`, `ol`, `li`, `em`, `strong`, `del`, `code`, `br`, `a`, `img` have no
 *   class. Text blocks have `dir="auto"`; lists, quotes and tables whose first letter is right-to-left have `dir="rtl"`.
 * - Lists: items always contain `<p>`; `ul.tight` and `ol.tight` need no space between items. A task begins with
 *   `input[type=checkbox][disabled]`.
 * - Code: `figure.code > figcaption (language, may be empty) + pre[tabindex=0] > code.language-…`, `dir="ltr"`.
 * - Tables: `div.table-scroll[role=group][tabindex=0] > table`; cells have `data-align="left|center|right"`.
 * - Links: `a[target=_blank]`. If the text does not name the host of the destination, the link has `data-host`, which is
 *   also its `title` if it has none; if the text names another host, it also has `data-claim`. `span.refused-link` if the
 *   destination is not allowed.
 * - Formulas: `span.math`, with `.math-block` if on a line of their own, filled by `math.render`.
 * - Footnotes: `ol[data-notes]`, marks `sup.footnote > a`. Source marks: `span.source-mark[hidden]` with `data-number` or
 *   `data-name`. Elements written as HTML have no class; some are inside of a `p`.
 * - Images: `img`, or `.blocked-image` with the description (`a`, or `span` if the link is not allowed either).
 */
import { missedParts } from '../inline/missed-parts.ts';
import { loadMissed } from '../inline/rare.ts';
import type { LookUp } from '../inline/brackets.ts';
import { ContainerView } from './container-view.ts';
import type { InlineView, ViewContext } from './inline-view.ts';
import { MarkdownSource, type Progress } from '../blocks/markdown-source.ts';
import type { MarkdownOptions } from '../options.ts';

/** Owns the children of an element and renders one text in it. */
export class MarkdownView {
  readonly #target: HTMLElement;
  readonly #options: MarkdownOptions;
  #source: MarkdownSource;
  #root: ContainerView;
  #context: ViewContext;
  /** Views to parse again: a label is defined now. */
  #stale = new Set<InlineView>();
  /** Incremented with each text; results that were loaded for an older one are dropped. */
  #version = 0;
  /** Settles once what the last text lacked is loaded and shown. */
  loaded: Promise<void> | undefined;

  constructor(target: HTMLElement, options: MarkdownOptions = {}) {
    this.#target = target;
    this.#options = options;
    this.#source = this.#createSource();
    this.#root = new ContainerView(target);
    this.#context = this.#createContext();
  }

  /**
   * Renders `text`, which is the whole text so far. Call it at most once per frame. The cost is proportional to what
   * was added if `text` continues the previous one; otherwise rendering starts over. `state` tells whether more text
   * will come.
   */
  update(text: string, state: Progress): void {
    if (!this.#source.isContinuedBy(text)) this.clear();
    missedParts.clear();
    this.#source.read(text, state);
    const { document, growing } = this.#source.parser;
    this.#root.update(document, { context: this.#context, growing });
    this.#refreshWaiting();
    if (missedParts.size > 0) this.loaded = this.#showMore();
  }

  /** Removes everything that was rendered. */
  clear(): void {
    this.#version++;
    this.#target.replaceChildren();
    this.#target.removeAttribute('dir');
    this.#stale.clear();
    this.#source = this.#createSource();
    this.#root = new ContainerView(this.#target);
    this.#context = this.#createContext();
  }

  #createSource(): MarkdownSource {
    return new MarkdownSource(this.#options);
  }

  #createContext(): ViewContext {
    const { definitions } = this.#source.parser;
    const lookUp: LookUp = (label) => definitions.get(label);
    return { options: this.#options, lookUp, waiting: new Map<string, Set<InlineView>>() };
  }

  /** The only case in which settled content is rendered again: a rare character name or syntax, once per page. */
  async #showMore(): Promise<void> {
    const version = this.#version;
    if (!(await loadMissed()) || version !== this.#version) return;
    const { text, state } = this.#source;
    this.clear();
    this.update(text, state);
  }

  /** A definition may follow the references to it; each text that waits for one is parsed again once. */
  #refreshWaiting(): void {
    const views = this.#stale;
    for (const label of this.#source.parser.newLabels.splice(0)) {
      for (const view of this.#context.waiting.get(label) ?? []) views.add(view);
      this.#context.waiting.delete(label);
    }
    const { text, state } = this.#source;
    for (const view of views) {
      if (state === 'streaming' && !view.mayRefresh(text.length)) continue;
      view.refresh(text.length);
      views.delete(view);
    }
  }
}
