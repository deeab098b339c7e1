/** `<rivulet-transcript>`: the scrolled list of messages. Not a live region: the announcer speaks. */
import type { MessageId } from '@rivulet/protocol';
import { LitElement, guard, html, nothing, repeat, type PropertyValues, type TemplateResult } from './lit.ts';
import type { ChatSnapshot } from '../client/chat.ts';
import { downIcon } from './icons.ts';
import { renderEmptyState } from './empty-state.ts';
import { ScrollAnchor } from './scroll-anchor.ts';
import type { Strings } from './strings/en.ts';
import {
  groupItems,
  isAwaitingAnswer,
  itemsOf,
  type TranscriptGroup,
  type TranscriptItem,
} from './transcript-items.ts';
import { renderDots } from './waiting-dots.ts';

export class RivuletTranscript extends LitElement {
  static override readonly properties = {
    snapshot: { attribute: false },
    strings: { attribute: false },
    prompts: { attribute: false },
    isAway: { state: true },
  };
  declare snapshot: ChatSnapshot;
  declare strings: Strings;
  declare prompts: readonly string[];
  /** The end is out of sight. */
  declare isAway: boolean;

  #groups: readonly TranscriptGroup[] = [];
  #lastItem: TranscriptItem | undefined;
  #scroll: ScrollAnchor | undefined;
  /** The visitor's newest message that was brought to the top. */
  #anchoredId: MessageId | undefined;
  #conversationId: string | undefined;

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
    if (this.hasUpdated) this.#observe();
  }

  /** Puts the keyboard into the list, for scrolling. */
  override focus(): void {
    this.querySelector<HTMLElement>('.scroller')?.focus();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('snapshot')) return;
    const items = itemsOf(this.snapshot);
    this.#groups = groupItems(items, this.#groups);
    this.#lastItem = items.at(-1);
  }

  override render(): TemplateResult {
    const { snapshot, strings } = this;
    const isEmpty = this.#lastItem === undefined && !snapshot.isLoading;
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
          ${repeat(
            this.#groups,
            (_group, index) => index,
            (group, index) => this.#renderGroup(group, index),
          )}
          ${isAwaitingAnswer(snapshot) ? html`<div class="message">${renderDots(strings)}</div>` : nothing}
        </div>
        <div class="spacer"></div>
      </div>
      <button
        type="button"
        class="to-latest"
        part="to-latest"
        aria-label=${strings.toLatest}
        ?hidden=${!this.isAway}
        @click=${() => {
          this.#scroll?.toEnd('smooth');
        }}
      >
        ${downIcon}
      </button>`;
  }

  #renderGroup(group: TranscriptGroup, index: number) {
    const isLastGroup = index === this.#groups.length - 1;
    const lastItem = isLastGroup ? this.#lastItem : undefined;
    const isBusy = isLastGroup && this.snapshot.isAnswering;
    return guard(
      [group, lastItem, isBusy, this.strings],
      () =>
        html`<div class="group" ?data-settled=${!isLastGroup}>
          ${repeat(
            group,
            ({ message }) => message.id,
            (item) =>
              html`<rivulet-message
                .item=${item}
                .strings=${this.strings}
                .isLast=${item === lastItem}
                .isBusy=${isBusy}
              ></rivulet-message>`,
          )}
        </div>`,
    );
  }

  override firstUpdated(): void {
    this.#observe();
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('snapshot')) this.#scrollAfterChange();
  }

  #observe(): void {
    const find = (selector: string) => this.querySelector<HTMLElement>(selector);
    const scroller = find('.scroller');
    const content = find('.content');
    const spacer = find('.spacer');
    if (scroller === null || content === null || spacer === null || this.#scroll !== undefined) return;
    this.#scroll = new ScrollAnchor({
      scroller,
      content,
      spacer,
      onAwayChange: (isAway) => {
        this.isAway = isAway;
      },
    });
  }

  #scrollAfterChange(): void {
    const { conversation, isAnswering, isLoading } = this.snapshot;
    const isOther = conversation.id !== this.#conversationId;
    const newest = this.#newestOwnId();
    if (isOther || isLoading) {
      this.#conversationId = conversation.id;
      this.#anchoredId = newest;
      this.#scroll?.toEnd('instant');
    } else if (newest !== undefined && newest !== this.#anchoredId) {
      this.#anchoredId = newest;
      void this.#anchorNewest(newest);
    }
    if (this.#scroll !== undefined) this.#scroll.isStreaming = isAnswering;
  }

  #newestOwnId(): MessageId | undefined {
    const isOwn = ({ message }: TranscriptItem) => message.role === 'user';
    return this.#groups.findLast((group) => group.some(isOwn))?.findLast(isOwn)?.message.id;
  }

  /** Its parts are rendered a microtask later than the list. */
  async #anchorNewest(id: MessageId): Promise<void> {
    const elements = [...this.querySelectorAll('rivulet-message')];
    const element = elements.findLast(({ item }) => item.message.id === id);
    await element?.updateComplete;
    if (element?.isConnected === true) this.#scroll?.anchorTo(element);
  }
}
