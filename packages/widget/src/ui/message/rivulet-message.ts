/** `<rivulet-message>`: one message with its parts, how it ended, and its actions. */
import type { Message, MessageId, Part } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import type { AnswerOptions } from './answer-options.ts';
import { alertIcon, clockIcon } from '../styles/icons.ts';
import { renderRef } from './error-ref.ts';
import { raise } from '../app/intents.ts';
import { endOfMessage, endText, type MessageEnd } from './message-end.ts';
import { renderPart } from './message-parts.ts';
import type { Strings } from '../i18n/core/en.ts';
import { hasContent, type TranscriptGroup, type TranscriptItem } from '../transcript/transcript-items.ts';
import { renderDots } from './waiting-dots.ts';

/** Renderers for a locale of what stands between and below messages. */
export interface MessageTools {
  /** Renders the row below a message. */
  renderActions(message: RivuletMessage): unknown;
  /** Renders the date separator before the first message of a day; `today` as of `dayOf`. */
  renderDay(item: TranscriptItem, today: number): TemplateResult;
  /** Returns a text about messages of others after the last one that was seen; empty if there are none. */
  newsSince(groups: readonly TranscriptGroup[], lastSeenId: MessageId | undefined, strings: Strings): string;
}

/** Renderers of rich parts and custom actions. Loaded when first needed. */
export interface RichParts {
  /** Renders one part that is no text. */
  renderPart(part: Part, from: RivuletMessage): unknown;
  /** Renders what stands below all parts: sources and suggestions. */
  renderBelow(from: RivuletMessage): unknown;
  /** Renders the action buttons that the site has added. */
  renderActions(message: Message): unknown;
}

/** One message of the transcript. */
export class RivuletMessage extends ReactiveElement {
  static override readonly properties = [
    'item',
    'strings',
    'isLast',
    'isBusy',
    'tools',
    'rich',
    'answerOptions',
    'isEditing',
    'copyResult',
  ];
  declare item: TranscriptItem;
  declare strings: Strings;
  /** Whether it is the last message; only the last answer can be regenerated. */
  declare isLast: boolean;
  /** Whether an answer is streaming anywhere in the conversation. */
  declare isBusy: boolean;
  declare tools: MessageTools;
  /** Undefined until loaded. */
  declare rich: RichParts | undefined;
  declare answerOptions: AnswerOptions;
  declare isEditing: boolean;
  /** What became of copying the answer; undefined until the button is pressed, and soon after. */
  declare copyResult: 'copied' | 'copyFailed' | undefined;

  /** Whether code for a pressed action is being loaded. */
  isFetching = false;
  /**
   * Returns why editing is not possible now. A function, so that a change of the reason does not render every message
   * again.
   */
  whyNotEdit: () => string | undefined = () => undefined;

  constructor() {
    super();
    for (const sign of ['pointerenter', 'focusin'])
      this.addEventListener(sign, () => {
        if (this.item.message.role === 'user') this.requestUpdate();
      });
  }

  override render(): TemplateResult {
    const { message, pending } = this.item;
    const { strings } = this;
    const isRunning = message.run?.state === 'running';
    const { role, author } = message;
    const name = author?.name ?? strings[role === 'user' ? 'you' : role];
    return html`<div
      class="message"
      part="message ${role}-message"
      role="article"
      aria-label=${name}
      data-role=${role}
      data-pending=${pending?.state ?? nothing}
    >
      ${
        this.isEditing
          ? this.#renderEditor()
          : html`<div class="body" part=${role === 'user' ? 'bubble' : nothing}>
                ${message.parts.map((part) => renderPart(part, this) ?? this.rich?.renderPart(part, this))}
                ${isRunning && !hasContent(this.item) ? renderDots(strings) : nothing}
              </div>
              ${this.rich?.renderBelow(this)} ${this.#renderWaiting()} ${this.#renderEnd()}
              ${this.#renderActions()}`
      }
    </div>`;
  }

  /** Whether the message is accepted, complete and not empty. */
  get isWhole(): boolean {
    const { message, pending } = this.item;
    return pending === undefined && message.run?.state !== 'running' && hasContent(this.item);
  }

  #renderActions(): unknown {
    return this.isWhole || this.item.siblings !== undefined ? this.tools.renderActions(this) : nothing;
  }

  #renderEditor() {
    return html`<rivulet-editor
      .item=${this.item}
      .strings=${this.strings}
      .whyNot=${this.whyNotEdit}
      .onClose=${this.#endEdit}
    ></rivulet-editor>`;
  }

  #renderWaiting() {
    const { state, retryAtMs } = this.item.pending ?? {};
    if (retryAtMs !== undefined && this.rich !== undefined) return nothing; // it counts down instead
    if (state === 'waiting') return html`<div class="pending">${clockIcon}${this.strings.waiting}</div>`;
    return state === 'sending'
      ? html`<div class="pending is-sending">${this.strings.sending}</div>`
      : nothing;
  }

  #renderEnd() {
    const end = endOfMessage(this.item);
    const text = end === null ? undefined : endText(end, this.strings, this.#onText);
    if (end === null || text === undefined) return nothing;
    return html`<div class="end" part="notice" data-tone=${end.tone}>
      ${end.tone === 'problem' ? alertIcon : nothing}<span class="end-text">${text}</span>
      ${this.#renderRemedy(end)}${renderRef(end.ref, this.strings)}
    </div>`;
  }

  readonly #onText = (): void => {
    this.requestUpdate();
  };

  #renderRemedy({ canRetry = false, canDiscard = false }: MessageEnd) {
    const messageId = this.item.message.id;
    const { strings, isBusy } = this;
    const isRetryable = canRetry && !isBusy && (canDiscard || this.isLast);
    const button = (type: 'retry' | 'discard') =>
      html`<button
        type="button"
        class="link-button"
        @click=${() => {
          raise(this, { type, messageId });
        }}
      >
        ${strings[type]}
      </button>`;
    return html`${isRetryable ? button('retry') : nothing}${canDiscard ? button('discard') : nothing}`;
  }

  /** Returns the focus to the edit button, unless it has moved elsewhere. */
  readonly #endEdit = async (): Promise<void> => {
    const hadFocus = this.querySelector('rivulet-editor :focus') !== null;
    this.isEditing = false;
    await this.updateComplete;
    if (hadFocus) this.querySelector<HTMLElement>('.edit')?.focus({ preventScroll: true });
  };
}
