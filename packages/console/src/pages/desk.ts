/** The desk: the inbox, and beside it the conversation that the address names. */
import { adoptStyles, html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ask } from '../api.ts';
import { ConversationPane } from '../desk/conversation-pane.ts';
import {
  AVAILABILITY_CHOICES,
  hrefOfPlace,
  placeOf,
  type AvailabilityChoice,
  type DeskOverview,
  type InboxPlace,
  type TeamMember,
} from '../desk/desk-data.ts';
import { defineDeskComposer } from '../desk/desk-composer.ts';
import { defineDeskScroller } from '../desk/desk-scroller.ts';
import { deskPageStyles } from '../desk/desk-styles.ts';
import { Inbox } from '../desk/inbox.ts';
import { arrivalText, renderInbox } from '../desk/render-inbox.ts';
import type { Unsent } from '../desk/unsent.ts';
import type { Page, PageContext } from '../page.ts';
import type { Route } from '../router.ts';
import { fill, TEXTS } from '../texts.ts';

const { desk: words } = TEXTS;
type DeskRoute = Extract<Route, { page: 'desk' }>;

/** Waiting times are shown in minutes. */
const TICK_MS = 10_000;
/** Who does nothing for ten minutes is away. The gateway knows of what is asked for, and not of what is read or written. */
const ACTIVE_MS = 4 * 60_000;

/** The desk of the user. */
export class DeskPage implements Page {
  readonly title = words.title;
  readonly layout = 'window';
  readonly #context: PageContext;
  readonly #unsent: Unsent;
  readonly #inbox: Inbox;
  readonly #stop = new AbortController();
  readonly #tick: ReturnType<typeof setInterval>;
  #overview: DeskOverview | undefined;
  #place: InboxPlace;
  #pane: ConversationPane | undefined;
  /** The conversation on the screen, while the feed tells of it. */
  #openId: string | undefined;
  #problem = '';
  #askedMs = 0;

  constructor(context: PageContext, route: DeskRoute, unsent: Unsent) {
    adoptStyles(document, [deskPageStyles]);
    defineDeskComposer();
    defineDeskScroller();
    this.#context = context;
    this.#unsent = unsent;
    this.#place = placeOf(route.query);
    this.#inbox = new Inbox(this.#place, {
      personId: () => this.#overview?.me.id,
      changed: this.#inboxChanged,
      arrived: (entries) => {
        context.announce(arrivalText(entries));
      },
      refused: (error) => {
        this.#problem = context.explain(error);
        context.changed();
      },
      explain: context.explain,
    });
    this.#open(route.id);
    this.#tick = setInterval(context.changed, TICK_MS);
    const { signal } = this.#stop;
    for (const name of ['keydown', 'pointerdown']) addEventListener(name, this.#onActivity, { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        this.#pane?.look();
      },
      { signal },
    );
    void this.#reload();
  }

  close(): void {
    this.#stop.abort();
    clearInterval(this.#tick);
    this.#inbox.close();
    this.#pane?.close();
  }

  /** How many visitors wait for the user, or for anybody. */
  get titlePrefix(): string {
    const count = this.#inbox.waiting.length;
    return count === 0 ? '' : `(${count}) `;
  }

  follow(route: Route): boolean {
    if (route.page !== 'desk') return false;
    const before = this.#pane?.id;
    this.#place = placeOf(route.query);
    this.#inbox.show(this.#place);
    if (route.id !== before) {
      this.#open(route.id);
      if (this.#pane === undefined) focusEntry(before);
      else this.#pane.focus();
    }
    return true;
  }

  #open(id: string | undefined): void {
    this.#pane?.close();
    this.#pane =
      id === undefined
        ? undefined
        : new ConversationPane({
            ...{ id, unsent: this.#unsent.of(id), context: this.#context, reload: this.#reload },
            me: () => this.#overview?.me,
            site: (siteId) => this.#overview?.sites.find((site) => site.id === siteId),
            acted: () => void this.#inbox.refresh(),
          });
  }

  readonly #inboxChanged = (): void => {
    const pane = this.#pane;
    if (pane !== undefined) {
      const entry = this.#inbox.find(pane.id);
      if (entry !== undefined) pane.told(entry);
      const isOpen = this.#inbox.open.some(({ id }) => id === pane.id);
      // Somebody has closed it, or given it back: the inbox does not tell what has become of it.
      if (this.#openId === pane.id && !isOpen) pane.readAgain();
      this.#openId = isOpen ? pane.id : undefined;
    }
    this.#context.changed();
  };

  /** Asks for the sites and who is there. */
  readonly #reload = async (): Promise<void> => {
    this.#askedMs = Date.now();
    try {
      this.#overview = await ask<DeskOverview>('desk', { signal: this.#stop.signal });
      this.#problem = '';
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#problem = this.#context.explain(error);
    }
    this.#context.changed();
  };

  readonly #onActivity = (): void => {
    if (Date.now() - this.#askedMs > ACTIVE_MS) void this.#reload();
  };

  render(): TemplateResult {
    const nowMs = Date.now();
    return html`${this.#renderMe()}
    ${renderInbox({
      ...{ inbox: this.#inbox, place: this.#place, problem: this.#problem, nowMs },
      ...{ selectedId: this.#pane?.id, personId: this.#overview?.me.id },
      searched: (search) => {
        this.#context.go(hrefOfPlace({ ...this.#place, search }, this.#pane?.id));
      },
      hasSites: this.#context.deskSites.length > 1,
    })}
    ${
      this.#pane?.render(this.#place, nowMs) ??
      html`<section class="desk-pane"><p class="status">${words.choose}</p></section>`
    }`;
  }

  get #me(): TeamMember | undefined {
    const id = this.#overview?.me.id;
    return this.#overview?.sites.flatMap(({ team }) => team).find((member) => member.id === id);
  }

  #renderMe(): TemplateResult | typeof nothing {
    const me = this.#me;
    if (me === undefined) return nothing;
    const { availabilities, auto } = words;
    const text = (choice: AvailabilityChoice) =>
      choice === 'auto' && me.choice === 'auto'
        ? fill(auto, { state: availabilities[me.availability] })
        : availabilities[choice];
    return html`<label class="desk-me"
      ><span class="visually-hidden">${words.availability}</span
      ><select @change=${this.#onAvailability}>
        ${AVAILABILITY_CHOICES.map(
          (choice) =>
            html`<option value=${choice} ?selected=${choice === me.choice}>${text(choice)}</option>`,
        )}
      </select></label
    >`;
  }

  readonly #onAvailability = async ({ currentTarget }: Event): Promise<void> => {
    if (!(currentTarget instanceof HTMLSelectElement)) return;
    try {
      await ask('desk/availability', { method: 'POST', body: { choice: currentTarget.value } });
      await this.#reload();
    } catch (error) {
      this.#problem = this.#context.explain(error);
      this.#context.changed();
    }
  };
}

/** Back in the list, the focus is on the conversation that was left, or on the heading when it is not listed any more. */
function focusEntry(id: string | undefined): void {
  setTimeout(() => {
    const rows = [...document.querySelectorAll<HTMLElement>('.desk-row')];
    (rows.find((row) => row.dataset.id === id) ?? document.querySelector<HTMLElement>('h1'))?.focus();
  });
}
