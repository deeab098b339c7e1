/** The page of the conversations: a search by all filters, and its results by position. */
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask, type ConversationPage, type ListedConversation } from '../api.ts';
import { formatCount, formatListed, formatTime } from '../format.ts';
import type { Page, PageContext } from '../page.ts';
import { hrefOf } from '../router.ts';
import { sumOfCosts } from '../run-facts.ts';
import { renderChoices, renderSearchForm } from '../search-form.ts';
import { apiQueryOf, filtersOf, searchHref, timeOfCursor, type Filters } from '../search-query.ts';
import { fill, TEXTS } from '../texts.ts';

const { search: words } = TEXTS;
const PAGE_SIZE = 50;

type Progress =
  | { kind: 'searching' }
  | { kind: 'waiting'; next: string }
  | { kind: 'over' }
  | { kind: 'failed'; message: string; after: string | null };

/** The search. A page of a search by content may be empty and have a next one: it goes on by itself until a page is full. */
export class ConversationsPage implements Page {
  readonly title = TEXTS.conversations;
  readonly #context: PageContext;
  readonly #filters: Filters;
  readonly #stop = new AbortController();
  #pause = new AbortController();
  #found: ListedConversation[] = [];
  #progress: Progress = { kind: 'searching' };
  #position: string | null = null;

  constructor(context: PageContext, query: URLSearchParams) {
    this.#context = context;
    this.#filters = filtersOf(query);
    void this.#load(null);
  }

  close(): void {
    this.#stop.abort();
  }

  async #load(after: string | null): Promise<void> {
    this.#pause = new AbortController();
    this.#progress = { kind: 'searching' };
    const wanted = this.#found.length + PAGE_SIZE;
    let position = after;
    try {
      do {
        const page: ConversationPage = await this.#ask(position);
        this.#found = [...this.#found, ...page.conversations];
        position = page.next;
        this.#position = position ?? this.#position;
        this.#context.changed();
      } while (position !== null && this.#found.length < wanted && !this.#pause.signal.aborted);
      this.#progress = position === null ? { kind: 'over' } : { kind: 'waiting', next: position };
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#progress = { kind: 'failed', message: this.#context.explain(error), after: position };
    }
    this.#context.announce(fill(words.found, { count: this.#found.length }));
    this.#context.changed();
  }

  #ask(after: string | null): Promise<ConversationPage> {
    const query = { ...apiQueryOf(this.#filters), after: after ?? undefined, limit: String(PAGE_SIZE) };
    return ask<ConversationPage>('conversations', { query, signal: this.#stop.signal });
  }

  render(): TemplateResult {
    return html`${renderSearchForm(this.#filters, this.#context.user.sites, this.#onSubmit)}
    ${renderChoices(this.#filters, Date.now())} ${this.#renderList()} ${this.#renderProgress()}`;
  }

  readonly #onSubmit = (filters: Filters): void => {
    this.#context.go(searchHref(filters));
  };

  #renderList(): TemplateResult | typeof nothing {
    if (this.#found.length === 0) return nothing;
    const nowMs = Date.now();
    return html`<ul class="list">
      ${this.#found.map((conversation) => renderRow(conversation, nowMs))}
    </ul>`;
  }

  #renderProgress(): TemplateResult {
    const progress = this.#progress;
    // A list by cost or rating has not come to a time.
    const reached = this.#filters.sort === undefined ? timeOfCursor(this.#position) : undefined;
    switch (progress.kind) {
      case 'searching':
        return html`<p class="status" aria-live="off">
          ${reached === undefined ? TEXTS.loading : fill(words.scanning, { time: formatTime(reached) })}
          ${
            reached === undefined
              ? nothing
              : html`<button type="button" class="button" @click=${this.#onPause}>${words.stop}</button>`
          }
        </p>`;
      case 'waiting':
        return html`<p class="status">
          <button type="button" class="button" @click=${() => void this.#load(progress.next)}>
            ${this.#pause.signal.aborted ? words.goOn : this.#filters.sort === undefined ? TEXTS.older : words.next}
          </button>
          ${reached === undefined ? nothing : fill(words.scanned, { time: formatTime(reached) })}
        </p>`;
      case 'over':
        return html`<p class="status">${this.#renderEnd()}</p>`;
      case 'failed':
        return html`<p class="problem" role="alert">
          ${progress.message}
          <button type="button" class="button" @click=${() => void this.#load(progress.after)}>
            ${TEXTS.retry}
          </button>
        </p>`;
    }
  }

  #renderEnd(): string {
    if (this.#found.length > 0)
      return `${fill(words.found, { count: formatCount(this.#found.length) })}. ${words.end}`;
    return Object.keys(this.#filters).length === 0 ? words.noneYet : words.none;
  }

  readonly #onPause = (): void => {
    this.#pause.abort();
  };
}

function renderRow(conversation: ListedConversation, nowMs: number): TemplateResult {
  const { id, title, preview, siteId, updatedAtMs, isHeld, desk, totals } = conversation;
  const owner = desk?.owner.kind ?? 'ai';
  const { costPico, unpriced, ratedDown } = totals;
  const cost = sumOfCosts(costPico, unpriced);
  return html`<li>
    <a class="row" href=${hrefOf(id)}>
      <span class="row-title" dir="auto">${title ?? words.untitled}</span>
      <time class="row-time" datetime=${new Date(updatedAtMs).toISOString()} title=${formatTime(updatedAtMs)}
        >${formatListed(updatedAtMs, nowMs)}</time
      >
      <span class="row-preview" dir="auto">${preview}</span>
      <span class="row-marks">
        ${owner === 'ai' ? nothing : html`<span class="mark is-warm">${TEXTS.owners[owner]}</span>`}
        ${cost === undefined ? nothing : html`<span class="mark">${fill(words.cost, { cost })}</span>`}
        ${
          ratedDown === 0
            ? nothing
            : html`<span class="mark is-problem"
                >${fill(words.ratedDown, { count: formatCount(ratedDown) })}</span
              >`
        }
        ${isHeld === true ? html`<span class="mark">${words.held}</span>` : nothing}
        <span class="mark">${siteId}</span>
      </span>
    </a>
  </li>`;
}
