/** `<rivulet-editor>`: edits a sent message in place. Loaded when a visitor first edits one. */
import { ChatError, isBlankText, textOf } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement } from '../lit/reactive-element.ts';
import { isTouchOnly, isComposing, isDone } from '../composer/enter-key.ts';
import { raise } from '../app/intents.ts';
import type { Strings } from '../i18n/core/en.ts';
import { errorText } from '../i18n/error-texts.ts';
import { editStyles } from '../styles/edit-styles.ts';
import { adoptStyles } from '../styles/styles.ts';
import type { TranscriptItem } from '../transcript/transcript-items.ts';

/** Text field with the buttons to save and to cancel. */
export class RivuletEditor extends ReactiveElement {
  static override readonly properties = ['item', 'strings', 'text', 'problem', 'isSaving'];
  declare item: TranscriptItem;
  declare strings: Strings;
  declare text: string;
  declare problem: string | undefined;
  declare isSaving: boolean;

  /** Returns why saving is not possible now, or undefined if it is. */
  whyNot: () => string | undefined = () => undefined;
  /** Called after saving or cancelling. */
  onClose: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.text = textOf(this.item.message);
  }

  override firstUpdated(): void {
    const field = this.querySelector('textarea');
    field?.focus({ preventScroll: true });
    field?.setSelectionRange(this.text.length, this.text.length);
    this.scrollIntoView({ block: 'nearest' });
  }

  override render(): TemplateResult {
    const { strings } = this;
    return html`<form class="editor" aria-busy=${this.isSaving} @submit=${this.#onSubmit}>
      <div class="field" part="field">
        <textarea
          rows="1"
          part="input"
          dir="auto"
          enterkeyhint=${isTouchOnly() ? 'enter' : 'send'}
          aria-label=${strings.edit}
          ?readonly=${this.isSaving}
          .value=${this.text}
          @input=${this.#onInput}
          @keydown=${this.#onKeydown}
        ></textarea>
      </div>
      ${
        this.problem === undefined
          ? nothing
          : html`<div class="end" role="alert" data-tone="problem">${this.problem}</div>`
      }
      <div class="editor-buttons">
        <button type="button" class="prompt" @click=${this.#close}>${strings.cancel}</button>
        <button type="submit" class="prompt is-first" aria-disabled=${!this.#canSave}>${strings.save}</button>
      </div>
    </form>`;
  }

  get #canSave(): boolean {
    const isEmpty = isBlankText(this.text) && this.item.message.parts.every(({ type }) => type === 'text');
    return !isEmpty && !this.isSaving;
  }

  readonly #close = (): void => {
    this.onClose();
  };

  readonly #onInput = (event: InputEvent): void => {
    if (event.target instanceof HTMLTextAreaElement) this.text = event.target.value;
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#save();
  };

  #save(): void {
    if (!this.#canSave) return;
    const { message } = this.item;
    const text = this.text.trim();
    if (text === textOf(message).trim()) {
      this.onClose();
      return;
    }
    this.problem = this.whyNot();
    if (this.problem !== undefined) return;
    this.isSaving = true;
    raise(this, {
      type: 'edit',
      messageId: message.id,
      text,
      settled: (error) => {
        this.isSaving = false;
        if (error === undefined) this.onClose();
        else this.#explain(error);
      },
    });
  }

  #explain(error: unknown): void {
    const code = error instanceof ChatError ? error.code : undefined;
    this.problem = errorText(code, this.strings, () => {
      this.#explain(error);
    });
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    if (isDone(event)) this.#save();
    else if (event.key === 'Escape') this.onClose();
    else return;
    event.preventDefault();
    // Escape cancels the edit and must reach neither the panel nor a dialog of the page around it.
    event.stopPropagation();
  };
}

/**
 * Defines the element and adopts its styles into a shadow root. If the page holds a second copy of the widget, both use
 * the element of the first.
 */
export function prepareEditor(root: DocumentOrShadowRoot): void {
  if (customElements.get('rivulet-editor') === undefined)
    customElements.define('rivulet-editor', RivuletEditor);
  adoptStyles(root, [editStyles]);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-editor': RivuletEditor;
  }
}
