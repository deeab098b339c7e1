/** `<rivulet-history>`: the list of conversations, with search, open, rename and delete. */
import { loadRare } from '../../markdown/index.ts';
import { html, keyed, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import type { Clock, ConversationId, Timer } from '@rivulet/protocol';
import type { ChatHistory, ConversationSummary } from '../../client/conversation/history.ts';
import { dayOf } from '../i18n/day-of.ts';
import type { LocaleFormat } from '../i18n/locale-format.ts';
import type { MenuStrings } from '../i18n/menu-strings.ts';
import { renderRow, type RowState } from './history-row.ts';
import { isHeld } from './is-held.ts';

const PAGE = 30;
/** Pause in typing after which the search starts. */
const SEARCH_DELAY_MS = 250;

/** List of the visitor's conversations. */
export class RivuletHistory extends ReactiveElement {
  static override readonly properties = [
    'history',
    'clock',
    'strings',
    'format',
    'currentId',
    'query',
    'found',
    'state',
    'row',
  ];
  declare history: ChatHistory;
  declare clock: Clock;
  declare strings: MenuStrings;
  declare format: LocaleFormat;
  /** Id of the conversation on screen. */
  declare currentId: ConversationId;
  declare query: string;
  declare found: readonly ConversationSummary[];
  declare state: 'loading' | 'more' | 'all' | 'failed' | 'held';
  declare row: RowState | undefined;

  /** Called with the conversation to open. */
  onOpen: (id: ConversationId) => void = () => undefined;
  /** Called with text to announce to screen readers. */
  onAnnounce: (text: string) => void = () => undefined;

  #asked = new AbortController();
  #timer: Timer | undefined;

  constructor() {
    super();
    this.query = '';
    this.found = [];
    this.state = 'loading';
  }

  override firstUpdated(): void {
    this.querySelector('input')?.focus();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#asked.abort();
    this.#timer?.cancel();
  }

  override render(): TemplateResult {
    const { strings } = this;
    return html`<input
        class="side-input"
        part="search"
        type="search"
        aria-label=${strings.search}
        placeholder=${strings.search}
        @input=${this.#onInput}
      />
      <ul class="side-rows" aria-busy=${this.state === 'loading'}>
        ${this.found.map((one, index) => keyed(one.id, this.#renderOne(one, index)))}
      </ul>
      ${this.#renderHint()}
      ${
        this.state === 'more'
          ? html`<button type="button" class="side-action" @click=${() => this.#load('more')}>
              ${strings.loadMore}
            </button>`
          : nothing
      }`;
  }

  #renderOne(one: ConversationSummary, index: number) {
    const today = dayOf(this.clock.now());
    const before = this.found[index - 1];
    const isNewDay = before === undefined || dayOf(before.updatedAtMs) !== dayOf(one.updatedAtMs);
    const row = this.row?.id === one.id ? this.row : undefined;
    return renderRow({
      day: isNewDay ? this.format.day(one.updatedAtMs, today) : undefined,
      one,
      row,
      isCurrent: one.id === this.currentId,
      strings: this.strings,
      open: () => {
        this.onOpen(one.id);
      },
      change: (next) => {
        this.row = next;
      },
      rename: (title) => void this.#rename(one, title),
      remove: () => void this.#remove(one),
    });
  }

  #renderHint() {
    const { strings, state, found, query } = this;
    const isEmpty = found.length === 0;
    const text =
      state === 'failed'
        ? strings.historyFailed
        : state === 'held'
          ? strings.eraseHeld
          : state === 'loading' && isEmpty
            ? strings.loading
            : !isEmpty
              ? undefined
              : query.trim() === ''
                ? strings.noConversations
                : strings.nothingFound;
    return text === undefined
      ? nothing
      : html`<p class="side-note" role=${state === 'held' ? 'alert' : nothing}>${text}</p>`;
  }

  override updated(): void {
    // The pressed button is gone: the element in its place takes the focus.
    if (this.row !== undefined) this.querySelector<HTMLElement>('[data-takes-focus]')?.focus();
  }

  readonly #onInput = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value; // the listener is on the input
    this.#timer?.cancel();
    this.#timer = this.clock.after(SEARCH_DELAY_MS, () => void this.#load());
  };

  /** Aborts the previous request, so a late response cannot replace a newer one. */
  async #load(how: 'reload' | 'more' = 'reload'): Promise<void> {
    this.#asked.abort();
    const { signal } = (this.#asked = new AbortController());
    this.state = 'loading';
    const last = how === 'more' ? this.found.at(-1) : undefined;
    const options = { limit: PAGE, signal, ...(last === undefined ? {} : { beforeMs: last.updatedAtMs }) };
    try {
      // A preview may contain rare syntax.
      const [page] = await Promise.all([this.history.search(this.query, options), loadRare()]);
      if (signal.aborted) return;
      this.found = last === undefined ? page : [...this.found, ...page];
      this.state = page.length < PAGE ? 'all' : 'more';
      if (this.query.trim() !== '')
        this.onAnnounce(this.format.plural(this.found.length, this.strings.found));
    } catch {
      if (!signal.aborted) this.state = 'failed';
    }
  }

  async #rename(one: ConversationSummary, title: string): Promise<void> {
    // Browsers fire `change` when a field with edits is removed by Escape or Enter: ignore it.
    if (this.row?.kind !== 'rename') return;
    this.row = undefined;
    if (title.trim() === '' || title === one.title) return;
    try {
      await this.history.rename(one.id, title.trim());
      this.found = this.found.map((other) => (other.id === one.id ? { ...one, title: title.trim() } : other));
    } catch {
      this.state = 'failed';
    }
  }

  async #remove(one: ConversationSummary): Promise<void> {
    this.row = undefined;
    try {
      await this.history.remove(one.id);
      this.found = this.found.filter(({ id }) => id !== one.id);
      this.onAnnounce(this.strings.removed);
      this.querySelector('input')?.focus();
    } catch (error) {
      this.state = isHeld(error) ? 'held' : 'failed';
    }
  }
}
