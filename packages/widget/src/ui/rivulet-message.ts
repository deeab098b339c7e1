/** `<rivulet-message>`: one message with its parts, how it ended, and what can be done with it. */
import { textOf } from '@rivulet/protocol';
import { LitElement, html, nothing, type TemplateResult } from './lit.ts';
import { copyText } from './code-block.ts';
import { againIcon, alertIcon, checkIcon, clockIcon, copyIcon } from './icons.ts';
import { raise } from './intents.ts';
import { endOfMessage, type MessageEnd } from './message-end.ts';
import { renderPart, renderSources } from './message-parts.ts';
import type { Strings } from './strings/en.ts';
import type { TranscriptItem } from './transcript-items.ts';
import { renderDots } from './waiting-dots.ts';

export class RivuletMessage extends LitElement {
  static override readonly properties = {
    item: { attribute: false },
    strings: { attribute: false },
    isLast: { attribute: false },
    isBusy: { attribute: false },
    isCopied: { state: true },
  };
  declare item: TranscriptItem;
  declare strings: Strings;
  /** Only the last answer can be asked for again. */
  declare isLast: boolean;
  /** An answer is being written somewhere in the conversation. */
  declare isBusy: boolean;
  declare isCopied: boolean;

  override createRenderRoot(): this {
    return this;
  }

  override render(): TemplateResult {
    const { message, pending } = this.item;
    const { strings } = this;
    const isRunning = message.run?.state === 'running';
    const name = { user: strings.you, assistant: strings.assistant, agent: strings.agent }[message.role];
    return html`<div
      class="message"
      part="message ${message.role}-message"
      role="article"
      aria-label=${name}
      data-role=${message.role}
      data-pending=${pending?.state ?? nothing}
    >
      <div class="body" part=${message.role === 'user' ? 'bubble' : nothing}>
        ${message.parts.map((part, index) => renderPart(part, index, { message, strings }))}
        ${isRunning && !hasContent(this.item) ? renderDots(strings) : nothing}
      </div>
      ${renderSources(message.parts, strings)} ${this.#renderWaiting()} ${this.#renderEnd()}
      ${message.role === 'user' || isRunning ? nothing : this.#renderActions()}
    </div>`;
  }

  #renderWaiting() {
    const state = this.item.pending?.state;
    if (state === 'waiting') return html`<div class="pending">${clockIcon}${this.strings.waiting}</div>`;
    return state === 'sending'
      ? html`<div class="pending is-sending">${this.strings.sending}</div>`
      : nothing;
  }

  #renderEnd() {
    const end = endOfMessage(this.item, this.strings);
    if (end === null) return nothing;
    return html`<div class="end" part="notice" data-tone=${end.tone}>
      ${end.tone === 'problem' ? alertIcon : nothing}<span class="end-text">${end.text}</span>
      ${this.#renderRemedy(end)}
    </div>`;
  }

  #renderRemedy({ canRetry, canDiscard }: MessageEnd) {
    const messageId = this.item.message.id;
    const { strings, isBusy } = this;
    const isRetryable = canRetry && !isBusy && (canDiscard || this.isLast);
    return html`${
      isRetryable
        ? html`<button
            type="button"
            class="link-button"
            @click=${() => {
              raise(this, { type: 'retry', messageId });
            }}
          >
            ${strings.retry}
          </button>`
        : nothing
    }${
      canDiscard
        ? html`<button
            type="button"
            class="link-button"
            @click=${() => {
              raise(this, { type: 'discard', messageId });
            }}
          >
            ${strings.discard}
          </button>`
        : nothing
    }`;
  }

  /** Always there and only made visible, so that nothing moves when the pointer comes. */
  #renderActions() {
    const { strings, isCopied } = this;
    const { message } = this.item;
    if (message.run === undefined || !hasContent(this.item)) return nothing;
    // The line above already offers it.
    const canRetry = endOfMessage(this.item, strings)?.canRetry === true;
    const again = () => {
      raise(this, { type: 'regenerate', messageId: message.id });
    };
    return html`<div class="actions" part="actions">
      <button
        type="button"
        class="icon-button ${isCopied ? 'is-copied' : ''}"
        aria-label=${isCopied ? strings.copied : strings.copy}
        title=${strings.copy}
        @click=${this.#copy}
        @animationend=${() => {
          this.isCopied = false;
        }}
      >
        ${isCopied ? checkIcon : copyIcon}
      </button>
      ${
        this.isLast && !this.isBusy && !canRetry
          ? html`<button
              type="button"
              class="icon-button"
              aria-label=${strings.regenerate}
              title=${strings.regenerate}
              @click=${again}
            >
              ${againIcon}
            </button>`
          : nothing
      }
    </div>`;
  }

  readonly #copy = async (): Promise<void> => {
    this.isCopied = await copyText(textOf(this.item.message));
  };
}

/** Whether there is anything to see: an empty text part has only just begun. */
function hasContent({ message }: TranscriptItem): boolean {
  return message.parts.some((part) => (part.type === 'text' ? part.text !== '' : part.type !== 'unknown'));
}
