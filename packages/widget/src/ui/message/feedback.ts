/** Thumbs that were pressed, and an optional comment after one of them. Fetched with the first press. */
import type { Feedback, Message } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { isComposing } from '../composer/enter-key.ts';
import { raise } from '../app/intents.ts';
import type { RivuletMessage } from './rivulet-message.ts';
import type { MoreStrings } from '../i18n/rich/rich-en.ts';
import { loadMoreStrings, moreStrings } from '../i18n/rich-strings.ts';
import { editStyles } from '../styles/edit-styles.ts';
import { adoptStyles } from '../styles/styles.ts';

export type Thumb = Feedback['value'];

/** What the gateway takes. */
const MAX_COMMENT_CHARS = 4000;

/** What is needed to rate a message, in the words of its locale. */
export async function prepareRating(from: RivuletMessage, locale: string): Promise<Rating> {
  await loadMoreStrings(locale);
  const root = from.getRootNode();
  if (root instanceof ShadowRoot) adoptStyles(root, [editStyles]);
  return new Rating(from, locale);
}

/** What the visitor says of one answer. */
export class Rating {
  readonly #from: RivuletMessage;
  readonly #locale: string;
  /** What was pressed, until the message itself is another: it says so then, or something else. */
  #given: { message: Message; thumb: Thumb | null } | undefined;
  #isCommenting = false;

  constructor(from: RivuletMessage, locale: string) {
    this.#from = from;
    this.#locale = locale;
  }

  get thumb(): Thumb | null {
    const { message } = this.#from.item;
    return this.#given?.message === message ? this.#given.thumb : (message.feedback?.value ?? null);
  }

  /** A second press takes it back. */
  press(thumb: Thumb): void {
    const next = this.thumb === thumb ? null : thumb;
    const { feedbackThanks, feedbackTakenBack } = this.#strings;
    this.#given = { message: this.#from.item.message, thumb: next };
    this.#isCommenting = next !== null;
    this.#from.requestUpdate();
    this.#send(next === null ? feedbackTakenBack : feedbackThanks);
  }

  /** For a comment, once a thumb was pressed. */
  renderForm(): TemplateResult | typeof nothing {
    if (!this.#isCommenting) return nothing;
    const strings = this.#strings;
    return html`<form class="feedback-form" @submit=${this.#onSubmit} @keydown=${this.#onKeydown}>
      <textarea
        rows="2"
        dir="auto"
        maxlength=${MAX_COMMENT_CHARS}
        aria-label=${strings.feedbackComment}
        placeholder=${strings.feedbackComment}
        .value=${this.#from.item.message.feedback?.comment ?? ''}
      ></textarea>
      <div class="editor-buttons">
        <button type="button" class="prompt" @click=${this.#close}>${strings.feedbackSkip}</button>
        <button type="submit" class="prompt is-first">${strings.feedbackSend}</button>
      </div>
    </form>`;
  }

  get #strings(): MoreStrings {
    return moreStrings({ locale: this.#locale, strings: this.#from.strings }, () => {
      this.#from.requestUpdate();
    });
  }

  #send(words: string, comment?: string): void {
    const { thumb } = this;
    raise(this.#from, {
      type: 'ask',
      ask: async (chat) => {
        try {
          await chat.sendFeedback(this.#from.item.message.id, thumb, comment);
          raise(this.#from, { type: 'say', text: words });
        } catch {
          this.#given = undefined;
          this.#isCommenting = false;
          this.#from.requestUpdate();
          raise(this.#from, { type: 'say', text: this.#from.strings.error });
        }
      },
    });
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const comment = this.#from.querySelector<HTMLTextAreaElement>('.feedback-form textarea')?.value.trim();
    if (comment !== undefined && comment !== '') this.#send(this.#strings.feedbackSent, comment);
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
    this.#isCommenting = false;
    this.#from.requestUpdate();
    this.#from.querySelector<HTMLElement>('.thumb[aria-pressed="true"]')?.focus({ preventScroll: true });
  };
}
