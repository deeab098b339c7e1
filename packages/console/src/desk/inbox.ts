/** The list of the inbox: what is open follows the feed, and the rest is asked for. */
import type { ApiError } from '../api.ts';
import { ask } from '../api.ts';
import { isInView, waitingFor, type Entry, type InboxPage, type InboxPlace, type View } from './desk-data.ts';
import { readFeed } from './inbox-feed.ts';

/** What an inbox needs. */
export interface InboxOptions {
  personId: () => string | undefined;
  changed: () => void;
  /** These conversations wait now, and did not before. Not called for those of the first report. */
  arrived: (entries: readonly Entry[]) => void;
  refused: (error: ApiError) => void;
  /** @returns the text for a failed request */
  explain: (error: unknown) => string;
}

const PAGE_SIZE = 50;
/** A busy desk changes each second; each request is in the audit log. */
const REFRESH_MS = 5_000;

/** The inbox of a user. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #closeFeed: () => void;
  #load = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #feed: InboxPage | undefined;
  /** What was asked for; undefined while it is not needed, or not there yet. */
  #listed: InboxPage | undefined;
  #place: InboxPlace;
  /** Whether the feed is connected. */
  status: 'live' | 'lost' = 'live';
  /** Why the list could not be loaded. */
  problem = '';

  constructor(place: InboxPlace, options: InboxOptions) {
    this.#options = options;
    this.#place = place;
    this.#closeFeed = readFeed({
      changed: (feed) => {
        this.#follow(feed);
      },
      status: (status) => {
        this.status = status;
        options.changed();
      },
      refused: options.refused,
    });
    void this.refresh();
  }

  close(): void {
    this.#closeFeed();
    this.#load.abort();
    clearTimeout(this.#timer);
  }

  /** Lists something else. */
  show(place: InboxPlace): void {
    const { view, status, search } = this.#place;
    if (place.view === view && place.status === status && place.search === search) return;
    this.#place = place;
    this.#listed = undefined;
    void this.refresh();
  }

  /** What is listed, the longest wait first; undefined while it is loaded. */
  get entries(): readonly Entry[] | undefined {
    if (!this.#isFed) return this.#listed?.conversations;
    const { view } = this.#place;
    return this.#feed?.conversations.filter((entry) => isInView(entry, view, this.#options.personId()));
  }

  /** Whether there is more than is listed. */
  get hasMore(): boolean {
    return !this.#isFed && (this.#listed?.next ?? null) !== null;
  }

  /** What is open, as far as the feed tells of it. */
  get open(): readonly Entry[] {
    return this.#feed?.conversations ?? [];
  }

  /** How many are open in a view; undefined when the feed does not tell of all. */
  count(view: View): number | undefined {
    if (this.#feed === undefined || this.#feed.next !== null) return undefined;
    return this.open.filter((entry) => isInView(entry, view, this.#options.personId())).length;
  }

  /** Those whose visitor waits for the user, or for anybody. */
  get waiting(): readonly Entry[] {
    return waitingFor(this.open, this.#options.personId());
  }

  /** A conversation, when the feed or the list has it. */
  find(id: string): Entry | undefined {
    const isIt = (entry: Entry) => entry.id === id;
    return this.open.find(isIt) ?? this.#listed?.conversations.find(isIt);
  }

  /** The feed tells of everything that is open, unless it is more than it holds. */
  get #isFed(): boolean {
    const { status, search } = this.#place;
    return status === 'open' && search === '' && (this.#feed === undefined || this.#feed.next === null);
  }

  #follow(feed: InboxPage): void {
    const before = this.#feed && new Set(this.waiting.map(({ id }) => id));
    this.#feed = feed;
    const arrived = this.waiting.filter(({ id }) => before?.has(id) === false);
    if (arrived.length > 0) this.#options.arrived(arrived);
    // A search reads messages: it is made anew when somebody asks for it.
    if (!this.#isFed && this.#place.search === '')
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.refresh();
      }, REFRESH_MS);
    this.#options.changed();
  }

  /** Asks again for what the feed does not tell, such as after a conversation was closed. As much as was there before. */
  readonly refresh = async (): Promise<void> => {
    if (this.#isFed) return;
    this.#load.abort();
    const { signal } = (this.#load = new AbortController());
    const wanted = this.#listed?.conversations.length ?? 0;
    await this.#try(signal, async () => {
      this.#listed = await this.#fill(await this.#ask(undefined, signal), wanted, signal);
    });
  };

  /** Asks for the next page. */
  readonly more = async (): Promise<void> => {
    const listed = this.#listed;
    if (listed === undefined || listed.next === null) return;
    const { next } = listed;
    this.#load.abort();
    const { signal } = (this.#load = new AbortController());
    await this.#try(signal, async () => {
      const page = joined(listed, await this.#ask(next, signal));
      this.#listed = await this.#fill(page, listed.conversations.length, signal);
    });
  };

  /** Asks on until there are so many. A page of a search may be empty and have a next one: it goes on by itself until a page is full. */
  async #fill(page: InboxPage, count: number, signal: AbortSignal): Promise<InboxPage> {
    const wanted = this.#place.search === '' ? count : Math.max(count, PAGE_SIZE);
    let filled = page;
    while (filled.conversations.length < wanted && filled.next !== null)
      filled = joined(filled, await this.#ask(filled.next, signal));
    return filled;
  }

  #ask(after: string | undefined, signal: AbortSignal): Promise<InboxPage> {
    const { view, status, search: q } = this.#place;
    return ask('desk/conversations', { query: { view, status, q, after, limit: String(PAGE_SIZE) }, signal });
  }

  async #try(signal: AbortSignal, attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
      this.problem = '';
    } catch (error) {
      if (signal.aborted) return;
      this.problem = this.#options.explain(error);
    }
    this.#options.changed();
  }
}

/** A conversation that has moved between two pages is listed once. */
function joined(before: InboxPage, { conversations, next }: InboxPage): InboxPage {
  const known = new Set(before.conversations.map(({ id }) => id));
  return {
    conversations: [...before.conversations, ...conversations.filter(({ id }) => !known.has(id))],
    next,
  };
}
