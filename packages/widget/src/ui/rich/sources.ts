/** `<rivulet-sources>`: the sources of an answer as chips and as a list, linked from the citations in its text. */
import type { SourcePart } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import { chevronIcon } from '../styles/icons.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { fill } from '../i18n/rich-strings.ts';
import { markCitations, showSourceMarks, type Citations } from './citations.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { safeHref } from './rich-format.ts';

/** The source parts of one message. */
export class RivuletSources extends ReactiveElement {
  static override readonly properties = ['sources', 'label', 'strings', 'isWhole'];
  declare sources: readonly SourcePart[];
  declare label: string;
  declare strings: RichStrings;
  /** Whether the text is complete and its citations can be replaced. */
  declare isWhole: boolean;

  override render(): TemplateResult {
    const { sources, label, strings } = this;
    return html`<ul class="sources" aria-label=${label}>
        ${sources.map((source, index) => html`<li>${renderChip(source, index + 1)}</li>`)}
      </ul>
      <details class="source-list">
        <summary>${chevronIcon}<span>${strings.sourceDetails}</span></summary>
        <ol>
          ${sources.map((source, index) => html`<li tabindex="-1" data-number=${index + 1}>${renderEntry(source)}</li>`)}
        </ol>
      </details>`;
  }

  override updated(): void {
    if (this.isWhole) void this.#markText();
  }

  /** Waits for the elements of the text, which render a moment later. */
  async #markText(): Promise<void> {
    const texts = [...(this.closest('.message')?.querySelectorAll('rivulet-markdown') ?? [])];
    await Promise.all(texts.map((text) => text.updateComplete));
    if (!this.isConnected) return;
    const citations: Citations = {
      count: this.sources.length,
      label: (number) =>
        fill(this.strings.citation, { number, title: this.sources[number - 1]?.title ?? '' }),
      press: this.#show,
    };
    for (const text of texts) {
      markCitations(text, citations);
      showSourceMarks(text, this.#numberOf, citations);
    }
  }

  /** The number of the source with this title, or whose address ends with it. */
  readonly #numberOf = (name: string): number => {
    const isNamed = (text = '') => text.toLowerCase().endsWith(name.toLowerCase());
    return this.sources.findIndex(({ title, url }) => isNamed(title) || isNamed(url)) + 1;
  };

  /** Opens the list and focuses a source. */
  readonly #show = (number: number): void => {
    const list = this.querySelector('details');
    const entry = this.querySelector<HTMLElement>(`[data-number="${number}"]`);
    if (list === null || entry === null) return;
    list.open = true;
    entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: 'nearest' });
  };
}

function withShownTexts({ title, excerpt, ...rest }: SourcePart): SourcePart {
  const { name, prose } = SHOWN_TEXTS;
  return { ...rest, title: name(title), ...(excerpt === undefined ? {} : { excerpt: prose(excerpt) }) };
}

function renderChip(source: SourcePart, number: number): TemplateResult {
  const { title, url, excerpt } = withShownTexts(source);
  const label = html`<span class="chip-number">${number}</span
    ><span class="chip-text" dir="auto">${title}</span>`;
  const href = safeHref(url);
  return href === undefined
    ? html`<span class="chip" part="chip" title=${excerpt ?? nothing}>${label}</span>`
    : html`<a
        class="chip"
        part="chip"
        href=${href}
        target="_blank"
        rel="noopener noreferrer"
        title=${excerpt ?? nothing}
        >${label}</a
      >`;
}

function renderEntry(source: SourcePart): TemplateResult {
  const { title, url, excerpt } = withShownTexts(source);
  const href = safeHref(url);
  return html`<span class="source-title" dir="auto"
      >${
        href === undefined
          ? title
          : html`<a href=${href} target="_blank" rel="noopener noreferrer">${title}</a>`
      }</span
    >${href === undefined ? nothing : html`<span class="source-host">${new URL(href).host}</span>`}
    ${excerpt === undefined ? nothing : html`<span class="source-excerpt" dir="auto">${excerpt}</span>`}`;
}

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineSources(): void {
  if (customElements.get('rivulet-sources') === undefined)
    customElements.define('rivulet-sources', RivuletSources);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-sources': RivuletSources;
  }
}
