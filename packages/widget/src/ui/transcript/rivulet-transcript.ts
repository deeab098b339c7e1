/** `<rivulet-transcript>`: the scrolled list of messages. Not a live region: the announcer speaks. */
import type { MessageId } from '@rivulet/protocol';
import {
  LitElement,
  html,
  keyed,
  noChange,
  nothing,
  type PropertyValues,
  type TemplateResult,
} from '../lit/lit.ts';
import type { ChatSnapshot } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { MessageOptions } from '../../shell/options.ts';
import { answerOptionsOf, type AnswerOptions } from '../message/answer-options.ts';
import type { BranchChoice } from './shown-branch.ts';
import { renderEmptyState } from './empty-state.ts';
import { INTENT, type Intent } from '../app/intents.ts';
import { messageTools } from '../message/message-tools.ts';
import { fetchRich } from './fetch-rich.ts';
import type { RichParts } from '../message/rivulet-message.ts';
import type { OlderGroups } from './older-groups.ts';
import { ScrollAnchor } from './scroll-anchor.ts';
import type { Strings } from '../i18n/core/en.ts';
import {
  NOTHING_SHOWN,
  isAwaitingAnswer,
  keyOf,
  show,
  type TranscriptGroup,
  type Shown,
  type TranscriptItem,
} from './transcript-items.ts';
import { renderToLatest } from './to-latest.ts';
import { renderDots } from '../message/waiting-dots.ts';

/** The same one each time, so that nothing is drawn anew. */
const NO_OPTIONS: MessageOptions = {};

/** Groups of 50: more than fits any screen. */
const DRAWN_AT_ONCE = 2;

export class RivuletTranscript extends LitElement {
  static override readonly properties = {
    snapshot: { attribute: false },
    strings: { attribute: false },
    prompts: { attribute: false },
    choice: { attribute: false },
    settings: { attribute: false },
    today: { attribute: false },
    isAway: { state: true },
    rich: { state: true },
    later: { state: true },
  };
  declare snapshot: ChatSnapshot;
  declare strings: Strings;
  declare prompts: readonly string[];
  declare choice: BranchChoice | undefined;
  declare settings: AppSettings;
  /** As of `dayOf`. */
  declare today: number;
  /** The end is out of sight. */
  declare isAway: boolean;
  declare rich: RichParts | undefined;
  /** The groups that have only their room, by their index: they wait until the page has time, or until they come near. */
  declare later: ReadonlySet<number>;

  /** What keeps the visitor from editing a message now. */
  whyNotEdit: () => string | undefined = () => undefined;

  #answerOptions: AnswerOptions = {};
  #shown: Shown = NOTHING_SHOWN;
  /** Of what each group was drawn: one of the same is left as it is. */
  readonly #drawn: unknown[][] = [];
  #older: Promise<OlderGroups> | undefined;
  #lastItem: TranscriptItem | undefined;
  /** The last message of when the end went out of sight. */
  #lastSeenId: MessageId | undefined;
  #scroll: ScrollAnchor | undefined;
  /** The visitor's newest message that was brought to the top. */
  #anchoredId: MessageId | undefined;
  #conversationId: string | undefined;
  /** What is shown came whole, out of the store. */
  #isStored = false;

  constructor() {
    super();
    this.addEventListener(INTENT, this.#onIntent);
  }

  override createRenderRoot(): this {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scroll?.close();
    this.#scroll = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  /** Puts the keyboard into the list, for scrolling. */
  override focus(): void {
    this.querySelector<HTMLElement>('.scroller')?.focus();
  }

  /** The first time in a task of its own: with the rest of the panel it would hold the page up for too long. */
  protected override async scheduleUpdate(): Promise<unknown> {
    if (!this.hasUpdated) await new Promise((resolve) => setTimeout(resolve));
    return super.scheduleUpdate();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('settings')) this.#answerOptions = answerOptionsOf(this.#options);
    if (!changed.has('snapshot') && !changed.has('choice') && !changed.has('today')) return;
    const isOther = this.#lastItem === undefined || this.snapshot.conversation.id !== this.#conversationId;
    this.#shown = show(this.snapshot, this, this.#shown);
    this.#drawn.length = this.#shown.groups.length;
    if (isOther) this.later = new Set(this.#shown.groups.slice(DRAWN_AT_ONCE).keys());
    this.#isStored = isOther && (this.#shown.groups[0]?.length ?? 0) > 1;
    this.#lastItem = this.#shown.groups.at(-1)?.at(-1);
  }

  override render(): TemplateResult {
    const { snapshot, strings } = this;
    // Who cannot ask is not invited to.
    const isEmpty = this.#lastItem === undefined && !snapshot.isLoading && snapshot.closedBecause === null;
    const tools = messageTools(this.settings);
    const news = this.isAway ? tools.newsSince(this.#shown.groups, this.#lastSeenId, strings) : undefined;
    return html`<div
        class="scroller"
        part="transcript"
        role="region"
        aria-label=${strings.transcript}
        aria-busy=${snapshot.isAnswering}
        tabindex="0"
      >
        <div class="content ${isEmpty ? 'is-empty' : ''}">
          ${isEmpty ? renderEmptyState(strings, this.prompts) : nothing}
          ${
            snapshot.isLoading && this.#lastItem === undefined
              ? html`<div class="loading">${strings.loading}</div>`
              : nothing
          }
          ${this.#shown.groups.map((group, index) => this.#renderGroup(group, index))}
          ${isAwaitingAnswer(snapshot) ? html`<div class="message">${renderDots(strings)}</div>` : nothing}
        </div>
        <div class="spacer"></div>
      </div>
      ${renderToLatest(strings, news, this.#toLatest)}`;
  }

  readonly #toLatest = (): void => {
    this.#scroll?.toEnd('smooth');
  };

  #renderGroup(group: TranscriptGroup, index: number) {
    const isLastGroup = index === this.#shown.groups.length - 1;
    const lastItem = isLastGroup ? this.#lastItem : undefined;
    const isBusy = isLastGroup && this.snapshot.isAnswering;
    const tools = messageTools(this.settings);
    const isLater = this.later.has(index);
    const source = [
      group,
      isLater,
      lastItem,
      isBusy,
      this.strings,
      tools,
      this.rich,
      this.today,
      this.#answerOptions,
    ];
    if (this.#drawn[index]?.every((one, place) => one === source[place]) === true) return noChange;
    this.#drawn[index] = source;
    return html`<div class="group" ?data-settled=${!isLastGroup} ?data-later=${isLater}>
      ${(isLater ? [] : group).map((item) =>
        keyed(
          keyOf(item),
          html`${item.isNewDay ? tools.renderDay(item, this.today) : nothing}<rivulet-message
              .item=${item}
              .strings=${this.strings}
              .tools=${tools}
              .rich=${this.rich}
              .answerOptions=${this.#answerOptions}
              .isLast=${item === lastItem}
              .isBusy=${isBusy}
              .whyNotEdit=${this.whyNotEdit}
            ></rivulet-message>`,
        ),
      )}
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.#scroll === undefined) this.#observe();
    // The visitor looks at versions: what comes to light is not a message that they have just sent.
    if (changed.has('choice')) this.#anchoredId = this.#newestOwnId();
    if (changed.has('snapshot')) this.#scrollAfterChange();
    const isStale = this.rich === undefined || changed.has('settings') || changed.has('strings');
    if (isStale && this.wantsRich) void fetchRich(this);
    if (this.later.size > 0) this.#drawOlder();
  }

  get isBusy(): boolean {
    return this.snapshot.isAnswering;
  }

  #drawOlder(): void {
    this.#older ??= import('./older-groups.ts').then(({ OlderGroups }) => new OlderGroups(this));
    this.#older.then(
      (older) => {
        older.plan();
      },
      () => {
        this.later = new Set();
      },
    );
  }

  /** Something is more than words, or the site's own. */
  get wantsRich(): boolean {
    if (this.#options.customActions !== undefined) return true;
    return this.#shown.isRich;
  }

  #observe(): void {
    const find = (selector: string) => this.querySelector<HTMLElement>(selector);
    const scroller = find('.scroller');
    const content = find('.content');
    const spacer = find('.spacer');
    if (scroller === null || content === null || spacer === null) return;
    this.#scroll = new ScrollAnchor({
      scroller,
      content,
      spacer,
      onAwayChange: (isAway) => {
        this.isAway = isAway;
        this.#lastSeenId = this.#lastItem?.message.id;
      },
    });
  }

  #scrollAfterChange(): void {
    const { conversation, isAnswering, isLoading } = this.snapshot;
    const isOther = conversation.id !== this.#conversationId;
    const newest = this.#newestOwnId();
    if (isOther || isLoading) {
      this.#conversationId = conversation.id;
      // A message that waits above what is still to come, be it the first of a new conversation, is brought to the top then.
      this.#anchoredId = isLoading ? undefined : newest;
      this.#scroll?.toEnd('instant');
    } else if (newest !== undefined && newest !== this.#anchoredId) {
      this.#anchoredId = newest;
      void this.#showNewest(newest, this.#isStored ? 'instant' : 'smooth');
    }
    if (this.#scroll === undefined) return;
    this.#scroll.isStreaming = isAnswering;
    this.#scroll.isStill = this.#options.scrolling === 'none';
  }

  /** The buttons that turn to another version stay under the pointer, however long that version is. */
  readonly #onIntent = (event: Event): void => {
    // Only `raise` dispatches events of this name.
    const { type } = (event as CustomEvent<Intent>).detail;
    if (type !== 'show' || !(event.target instanceof HTMLElement)) return;
    const release = this.#scroll?.hold(event.target);
    if (release !== undefined) requestAnimationFrame(release);
  };

  #newestOwnId(): MessageId | undefined {
    // One that is further up was not sent just now.
    const recent = this.#shown.groups.slice(-2).flat();
    return recent.findLast(({ message }) => message.role === 'user')?.message.id;
  }

  get #options(): MessageOptions {
    return this.settings.options.messages ?? NO_OPTIONS;
  }

  async #showNewest(id: MessageId, behavior: 'smooth' | 'instant'): Promise<void> {
    const { scrolling = 'anchor' } = this.#options;
    // Nobody is taken through what was said long ago.
    if (behavior === 'instant' || scrolling === 'follow') this.#scroll?.toEnd(behavior);
    if (scrolling !== 'anchor') return;
    // What is above it is rendered some microtasks later than the list, and a conversation that came whole is tall.
    await new Promise(requestAnimationFrame);
    const element = [...this.querySelectorAll('rivulet-message')].findLast(
      ({ item }) => item.message.id === id,
    );
    if (element !== undefined) this.#scroll?.anchorTo(element, behavior);
  }
}
