/**
 * `<rivulet-transcript>`: the scrolling list of messages. It is no live region: `Announcer` talks to screen readers.
 */
import type { MessageId } from '@rivulet/protocol';
import { html, keyed, noChange, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import type { ChatSnapshot } from '../../client/chat.ts';
import { isAnsweredByAi } from '../../client/conversation/is-answered-by-ai.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { MessageOptions } from '../../shell/options.ts';
import { answerOptionsOf, type AnswerOptions } from '../message/answer-options.ts';
import type { DeskNotices } from '../desk/panel-desk-contract.ts';
import type { BranchChoice } from './shown-branch.ts';
import { renderAiNotice } from './ai-notice.ts';
import { renderEmptyState } from './empty-state.ts';
import { INTENT, type Intent } from '../app/intents.ts';
import { messageTools } from '../message/message-tools.ts';
import { loadRichParts } from './load-rich-parts.ts';
import type { RichParts } from '../message/rivulet-message.ts';
import type { OlderGroups } from './older-groups.ts';
import { ScrollAnchor } from './scroll-anchor.ts';
import type { Strings } from '../i18n/core/en.ts';
import {
  EMPTY_TRANSCRIPT,
  isAwaitingAnswer,
  keyOf,
  show,
  type TranscriptGroup,
  type Shown,
  type TranscriptItem,
} from './transcript-items.ts';
import { renderScrollToLatest } from './scroll-to-latest.ts';
import { renderDots } from '../message/waiting-dots.ts';

/** One shared object, so that its identity does not cause a new render. */
const NO_OPTIONS: MessageOptions = {};

/** Two groups of 50 messages: more than fits any screen. */
const INITIAL_GROUP_COUNT = 2;

/** List of messages in groups. State comes in through properties, intents go out as events. */
export class RivuletTranscript extends ReactiveElement {
  static override readonly properties = [
    'snapshot',
    'strings',
    'prompts',
    'choice',
    'settings',
    'today',
    'isAway',
    'rich',
    'desk',
    'later',
  ];
  declare snapshot: ChatSnapshot;
  declare strings: Strings;
  declare prompts: readonly string[];
  declare choice: BranchChoice | undefined;
  declare settings: AppSettings;
  /** Day number of today, as of `dayOf`. */
  declare today: number;
  /** Whether the end of the content is out of view. */
  declare isAway: boolean;
  declare rich: RichParts | undefined;
  /** Undefined until loaded. */
  declare desk: DeskNotices | undefined;
  /**
   * Indexes of the groups that are placeholders of the right height until the page is idle or they come near the
   * viewport.
   */
  declare later: ReadonlySet<number>;

  /** Returns why editing is not possible now, or undefined if it is. */
  whyNotEdit: () => string | undefined = () => undefined;

  #answerOptions: AnswerOptions = {};
  #shown: Shown = EMPTY_TRANSCRIPT;
  /** Inputs of the last render of each group; a group with equal inputs is not rendered again. */
  readonly #drawn: unknown[][] = [];
  #older: Promise<OlderGroups> | undefined;
  #lastItem: TranscriptItem | undefined;
  /** Id of the last message when the end went out of view. */
  #lastSeenId: MessageId | undefined;
  #scroll: ScrollAnchor | undefined;
  /** Id of the visitor's newest message that was scrolled to the top. */
  #anchoredId: MessageId | undefined;
  #conversationId: string | undefined;
  /** Whether the conversation was loaded from storage as a whole. */
  #isStored = false;

  constructor() {
    super();
    this.addEventListener(INTENT, this.#onIntent);
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

  /** Focuses the list, so that it can be scrolled with the keyboard. */
  override focus(): void {
    this.querySelector<HTMLElement>('.scroller')?.focus();
  }

  /**
   * The first render runs in a task of its own: together with the rest of the panel it would block the main thread for
   * too long.
   */
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
    if (isOther) this.later = new Set(this.#shown.groups.slice(INITIAL_GROUP_COUNT).keys());
    this.#isStored = isOther && (this.#shown.groups[0]?.length ?? 0) > 1;
    this.#lastItem = this.#shown.groups.at(-1)?.at(-1);
  }

  override render(): TemplateResult {
    const { snapshot, strings } = this;
    // A closed chat cannot be asked, so it shows no prompts.
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
          ${renderAiNotice(strings, this.desk)} ${isEmpty ? renderEmptyState(strings, this.prompts) : nothing}
          ${
            snapshot.isLoading && this.#lastItem === undefined
              ? html`<div class="loading">${strings.loading}</div>`
              : nothing
          }
          ${this.#shown.groups.map((group, index) => this.#renderGroup(group, index))}${this.desk?.renderEnd()}
          ${isAwaitingAnswer(snapshot) ? html`<div class="message">${renderDots(strings)}</div>` : nothing}
        </div>
        <div class="spacer"></div>
      </div>
      ${renderScrollToLatest(strings, news, this.#scrollToLatest)}`;
  }

  readonly #scrollToLatest = (): void => {
    this.#scroll?.toEnd('smooth');
  };

  #renderGroup(group: TranscriptGroup, index: number) {
    const isLastGroup = index === this.#shown.groups.length - 1;
    // With a person, no answer is asked for again.
    const isAskable = isLastGroup && isAnsweredByAi(this.snapshot.conversation);
    const lastItem = isAskable ? this.#lastItem : undefined;
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
      this.desk,
      this.today,
      this.#answerOptions,
    ];
    if (this.#drawn[index]?.every((one, place) => one === source[place]) === true) return noChange;
    this.#drawn[index] = source;
    return html`<div class="group" ?data-settled=${!isLastGroup} ?data-later=${isLater}>
      ${(isLater ? [] : group).map((item) =>
        keyed(
          keyOf(item),
          html`${item.isNewDay ? tools.renderDay(item, this.today) : nothing}${this.desk?.renderBefore(item)}<rivulet-message
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
    // The visitor switches versions: a message that becomes visible was not just sent.
    if (changed.has('choice')) this.#anchoredId = this.#newestOwnId();
    if (changed.has('snapshot')) this.#scrollAfterChange();
    const isStale = this.rich === undefined || changed.has('settings') || changed.has('strings');
    if (isStale && this.wantsRich) void loadRichParts(this);
    if (this.later.size > 0) this.#drawOlder();
  }

  /** Whether an answer is streaming. */
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

  /** Whether the conversation has rich parts, or the site has actions of its own. */
  get wantsRich(): boolean {
    return this.#options.customActions !== undefined || this.#shown.isRich;
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
      // A pending message that precedes the loaded conversation, or starts a new one, is scrolled to the top once
      // loading is done.
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

  /** The buttons that switch versions stay under the pointer, however long the other version is. */
  readonly #onIntent = (event: Event): void => {
    // Only `raise` dispatches events of this type.
    const { type } = (event as CustomEvent<Intent>).detail;
    if (type !== 'show' || !(event.target instanceof HTMLElement)) return;
    const release = this.#scroll?.hold(event.target);
    if (release !== undefined) requestAnimationFrame(release);
  };

  #newestOwnId(): MessageId | undefined {
    // A message further up was not sent just now.
    const recent = this.#shown.groups.slice(-2).flat();
    return recent.findLast(({ message }) => message.role === 'user')?.message.id;
  }

  get #options(): MessageOptions {
    return this.settings.options.messages ?? NO_OPTIONS;
  }

  async #showNewest(id: MessageId, behavior: 'smooth' | 'instant'): Promise<void> {
    const { scrolling: wanted = 'anchor' } = this.#options;
    // What a person writes comes in short messages, whose end is what is read.
    const isWithPerson = wanted === 'anchor' && !isAnsweredByAi(this.snapshot.conversation);
    const scrolling = isWithPerson ? 'follow' : wanted;
    // A stored conversation must not scroll past everything that was said before.
    if (behavior === 'instant' || scrolling === 'follow') this.#scroll?.toEnd(behavior);
    if (scrolling !== 'anchor') return;
    // The content above is rendered some microtasks after the list, and a stored conversation is tall.
    await new Promise(requestAnimationFrame);
    const element = [...this.querySelectorAll('rivulet-message')].findLast(
      ({ item }) => item.message.id === id,
    );
    if (element !== undefined) this.#scroll?.anchorTo(element, behavior);
  }
}
