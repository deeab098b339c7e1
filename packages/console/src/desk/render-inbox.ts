/** Renders the inbox: whose conversations, in which state, and the list. */
import { html, keyed, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { fill, TEXTS } from '../texts.ts';
import { hrefOfPlace, isMine, STATUSES, VIEWS, type Entry, type InboxPlace } from './desk-data.ts';
import type { Inbox } from './inbox.ts';
import { dueOf, formatWait } from './waiting.ts';

const { desk: words } = TEXTS;

/** What is rendered. */
export interface InboxLook {
  inbox: Inbox;
  place: InboxPlace;
  /** The conversation beside it. */
  selectedId: string | undefined;
  personId: string | undefined;
  /** Whether the user answers for several sites. */
  hasSites: boolean;
  /** Lists what has this text; empty: all. */
  searched: (text: string) => void;
  /** What went wrong beside the list. */
  problem: string;
  nowMs: number;
}

/** Renders it. */
export function renderInbox(look: InboxLook): TemplateResult {
  const { inbox, place } = look;
  return html`<section class="desk-list" aria-label=${words.inbox}>
    ${renderFilters(look)}
    ${look.problem === '' ? nothing : html`<p class="problem" role="alert">${look.problem}</p>`}
    ${inbox.status === 'lost' ? html`<p class="status" role="status">${words.feedLost}</p>` : nothing}
    ${
      inbox.problem === ''
        ? nothing
        : html`<p class="problem" role="alert">
            ${inbox.problem}
            <button type="button" class="button" @click=${inbox.refresh}>${TEXTS.retry}</button>
          </p>`
    }
    ${renderEntries(look)}
    ${
      inbox.hasMore
        ? html`<button type="button" class="button desk-more" @click=${inbox.more}>${words.more}</button>`
        : nothing
    }
    ${
      inbox.entries === undefined
        ? html`<p class="status">${inbox.problem === '' ? TEXTS.loading : nothing}</p>`
        : inbox.entries.length === 0
          ? html`<p class="status">${place.search === '' ? words.none[place.view] : words.noneMatches}</p>`
          : nothing
    }
  </section>`;
}

function renderFilters({ inbox, place, selectedId, searched }: InboxLook): TemplateResult {
  const { view, status, search } = place;
  const isCounted = status === 'open' && search === '';
  return html`<div class="desk-filters">
    ${renderSearch(search, searched)}
    <ul class="spans" aria-label=${words.whose}>
      ${VIEWS.map((one) =>
        renderFilter({
          ...{ href: hrefOfPlace({ ...place, view: one }, selectedId), isChosen: one === view },
          ...{ text: words.views[one], count: isCounted ? inbox.count(one) : undefined },
        }),
      )}
    </ul>
    <ul class="spans" aria-label=${words.state}>
      ${STATUSES.map((one) =>
        renderFilter({
          ...{ href: hrefOfPlace({ ...place, status: one }, selectedId), isChosen: one === status },
          ...{ text: words.statuses[one], count: undefined },
        }),
      )}
    </ul>
  </div>`;
}

function renderSearch(search: string, searched: (text: string) => void): TemplateResult {
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLFormElement)
      searched(event.currentTarget.querySelector('input')?.value.trim() ?? '');
  };
  // The cross in the field empties it: that ends a search at once.
  const onSearch = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLInputElement && currentTarget.value === '') searched('');
  };
  return html`<form role="search" class="desk-search" aria-label=${words.search} @submit=${onSubmit}>
    <input
      type="search"
      aria-label=${words.search}
      placeholder=${words.search}
      maxlength="200"
      dir="auto"
      .value=${search}
      @search=${onSearch}
    />
    <button type="submit" class="button">${words.find}</button>
  </form>`;
}

interface FilterLook {
  href: string;
  isChosen: boolean;
  text: string;
  count: number | undefined;
}

const renderFilter = ({ href, isChosen, text, count }: FilterLook): TemplateResult =>
  html`<li>
    <a href=${href} aria-current=${isChosen ? 'true' : nothing}
      >${text}${count === undefined ? nothing : html`<span class="count">${count}</span>`}</a
    >
  </li>`;

function renderEntries(look: InboxLook): TemplateResult | typeof nothing {
  const { entries } = look.inbox;
  if (entries === undefined || entries.length === 0) return nothing;
  return html`<ul class="list">
    ${entries.map((entry) => keyed(entry.id, renderEntry(entry, look)))}
  </ul>`;
}

function renderEntry(entry: Entry, look: InboxLook): TemplateResult {
  const { place, selectedId, personId, hasSites, nowMs } = look;
  const { id, title, siteId, desk } = entry;
  const { waitingSinceMs, isUnread } = desk;
  const due = dueOf(desk, nowMs);
  return html`<li>
    <a
      class="row desk-row"
      href=${hrefOfPlace(place, id)}
      data-id=${id}
      data-unread=${isUnread ? '' : nothing}
      aria-current=${id === selectedId ? 'true' : nothing}
    >
      <span class="row-title" dir="auto">${title ?? TEXTS.search.untitled}</span>
      <span class="row-wait"
        >${
          waitingSinceMs === undefined
            ? nothing
            : html`<span class="visually-hidden">${words.waits} </span>${formatWait(nowMs - waitingSinceMs)}`
        }</span
      >
      <span class="row-marks">
        ${isUnread ? html`<span class="mark is-new">${words.unread}</span>` : nothing}
        ${due === undefined ? nothing : html`<span class="mark ${due.isLate ? 'is-late' : ''}">${due.text}</span>`}
        <span class="mark ${desk.owner.kind === 'queue' ? 'is-warm' : ''}"
          ><bdi>${ownerText(entry, personId)}</bdi></span
        >
        ${hasSites ? html`<span class="mark"><bdi>${siteId}</bdi></span>` : nothing}
      </span>
    </a>
  </li>`;
}

/** Who has a conversation, in a word. */
export function ownerText(entry: Entry, personId: string | undefined): string {
  const { owner } = entry.desk;
  if (owner.kind === 'queue') return words.unassigned;
  if (owner.kind === 'ai') return words.ai;
  return isMine(entry, personId) ? words.you : (owner.person?.name ?? words.unassigned);
}

/** The announcement of conversations that have begun to wait. */
export function arrivalText(arrived: readonly Entry[]): string {
  const [first, ...others] = arrived;
  if (first === undefined) return '';
  if (others.length > 0) return fill(words.severalWait, { count: arrived.length });
  return fill(words.oneWaits, { title: first.title ?? TEXTS.search.untitled });
}
