/** Rating of an answer with an optional comment. Loaded with the first press on a thumb. */
import type { Feedback, Message } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { isComposing } from '../composer/enter-key.ts';
import { raise } from '../app/intents.ts';
import type { RivuletMessage } from './rivulet-message.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { loadRichStrings, richStrings } from '../i18n/rich-strings.ts';
import { editStyles } from '../styles/edit-styles.ts';
import { adoptStyles } from '../styles/styles.ts';

/** `up` or `down`. */
export type Thumb = Feedback['value'];

/** Limit of the gateway. */
const MAX_COMMENT_CHARS = 4000;

/** The space between the form and the edge of the list. */
const MARGIN_PX = 12;

/** Loads texts and styles, then creates the rating of a message. */
export async function prepareRating(from: RivuletMessage, locale: string): Promise<Rating> {
  await loadRichStrings(locale);
  const root = from.getRootNode();
  if (root instanceof ShadowRoot) adoptStyles(root, [editStyles]);
  return new Rating(from, locale);
}

/** The visitor's rating of one answer. */
export class Rating {
  readonly #from: RivuletMessage;
  readonly #locale: string;
  /** Optimistic value, valid until the message object changes: from then on the message carries the stored rating. */
  #given: { message: Message; thumb: Thumb | null } | undefined;
  #isCommenting = false;

  constructor(from: RivuletMessage, locale: string) {
    this.#from = from;
    this.#locale = locale;
  }

  /** The rating that is shown; null if there is none. */
  get thumb(): Thumb | null {
    const { message } = this.#from.item;
    return this.#given?.message === message ? this.#given.thumb : (message.feedback?.value ?? null);
  }

  /** Rates the answer. A second press on the same thumb withdraws the rating. */
  press(thumb: Thumb): void {
    const next = this.thumb === thumb ? null : thumb;
    const { feedbackThanks, feedbackTakenBack } = this.#strings;
    this.#given = { message: this.#from.item.message, thumb: next };
    this.#isCommenting = next !== null;
    this.#from.requestUpdate();
    void this.#showForm();
    this.#send(next === null ? feedbackTakenBack : feedbackThanks);
  }

  /** Renders the comment form after a thumb was pressed. */
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

  /** Below the last message the form may be out of view. Only the list scrolls: the page is not ours to move. */
  async #showForm(): Promise<void> {
    await this.#from.updateComplete;
    const form = this.#from.querySelector('.feedback-form');
    const scroller = this.#from.closest('.scroller');
    if (form === null || scroller === null) return;
    const belowPx = form.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
    if (belowPx > -MARGIN_PX) scroller.scrollTop += belowPx + MARGIN_PX;
  }

  get #strings(): RichStrings {
    return richStrings({ locale: this.#locale, strings: this.#from.strings }, () => {
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
          raise(this.#from, { type: 'announce', text: words });
        } catch {
          this.#given = undefined;
          this.#isCommenting = false;
          this.#from.requestUpdate();
          raise(this.#from, { type: 'announce', text: this.#from.strings.error });
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
    // Escape closes this form and not the panel.
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
