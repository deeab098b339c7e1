/** `<rivulet-feedback>`: thumbs among the actions of an answer, and an optional comment after one of them. */
import type { Feedback, Message } from '@rivulet/protocol';
import { LitElement, html, nothing, type TemplateResult } from './lit.ts';
import { thumbIcon } from './action-icons.ts';
import { isComposing } from './enter-key.ts';
import { raise } from './intents.ts';
import type { MoreStrings } from './strings/more-en.ts';
import { moreStrings } from './strings/more-strings.ts';
import type { Strings } from './strings/en.ts';

type Value = Feedback['value'];

/** What the gateway takes. */
const MAX_COMMENT_CHARS = 4000;

export class RivuletFeedback extends LitElement {
  static override readonly properties = {
    message: { attribute: false },
    locale: { attribute: false },
    words: { attribute: false },
    given: { state: true },
    isCommenting: { state: true },
  };
  declare message: Message;
  declare locale: string;
  declare words: Strings;
  /** What was pressed and is not in the message yet; undefined: what the message says. */
  declare given: Value | null | undefined;
  declare isCommenting: boolean;

  override createRenderRoot(): this {
    return this;
  }

  get #strings(): MoreStrings {
    return moreStrings({ locale: this.locale, strings: this.words }, () => {
      this.requestUpdate();
    });
  }

  get #value(): Value | null {
    return this.given === undefined ? (this.message.feedback?.value ?? null) : this.given;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('message')) this.given = undefined;
  }

  override render(): TemplateResult {
    const strings = this.#strings;
    return html`${this.#renderThumb('up', strings.feedbackUp)}${this.#renderThumb('down', strings.feedbackDown)}
    ${this.isCommenting ? this.#renderForm(strings) : nothing}`;
  }

  #renderThumb(value: Value, label: string): TemplateResult {
    return html`<button
      type="button"
      class="icon-button thumb"
      data-value=${value}
      aria-label=${label}
      title=${label}
      aria-pressed=${this.#value === value}
      @click=${() => {
        this.#give(value);
      }}
    >
      ${thumbIcon}
    </button>`;
  }

  #renderForm(strings: MoreStrings): TemplateResult {
    return html`<form class="feedback-form" @submit=${this.#onSubmit} @keydown=${this.#onKeydown}>
      <textarea
        rows="2"
        dir="auto"
        maxlength=${MAX_COMMENT_CHARS}
        aria-label=${strings.feedbackComment}
        placeholder=${strings.feedbackComment}
        .value=${this.message.feedback?.comment ?? ''}
      ></textarea>
      <div class="editor-buttons">
        <button type="button" class="prompt" @click=${this.#close}>${strings.feedbackSkip}</button>
        <button type="submit" class="prompt is-first">${strings.feedbackSend}</button>
      </div>
    </form>`;
  }

  /** A second press takes it back. */
  #give(value: Value): void {
    const next = this.#value === value ? null : value;
    const { feedbackThanks, feedbackTakenBack } = this.#strings;
    this.given = next;
    this.isCommenting = next !== null;
    this.#send(next, next === null ? feedbackTakenBack : feedbackThanks);
  }

  #send(value: Value | null, words: string, comment?: string): void {
    raise(this, {
      type: 'ask',
      ask: async (chat) => {
        try {
          await chat.sendFeedback(this.message.id, value, comment);
          raise(this, { type: 'say', text: words });
        } catch {
          this.given = undefined;
          this.isCommenting = false;
          raise(this, { type: 'say', text: this.words.error });
        }
      },
    });
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const comment = this.querySelector('textarea')?.value.trim() ?? '';
    if (comment !== '') this.#send(this.#value, this.#strings.feedbackSent, comment);
    this.#close();
  };

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || isComposing(event)) return;
    // This form's, not the panel's.
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  };

  readonly #close = (): void => {
    this.isCommenting = false;
    this.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus({ preventScroll: true });
  };
}

/** Registers the element; a second copy on the page uses that of the first. */
export function defineFeedback(): void {
  if (customElements.get('rivulet-feedback') === undefined)
    customElements.define('rivulet-feedback', RivuletFeedback);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-feedback': RivuletFeedback;
  }
}
