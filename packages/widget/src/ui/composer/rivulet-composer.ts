/** `<rivulet-composer>`: the text field. Typing is always possible; the button sends, or stops a running answer. */
import { isBlankText } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import { isTouchOnly, isComposing, isDone } from './enter-key.ts';
import { sendIcon, stopIcon } from '../styles/icons.ts';
import { raise } from '../app/intents.ts';
import type { ChatSnapshot } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { ComposerAddon } from './composer-addon-contract.ts';
import type { ComposerQueue } from './composer-queue-contract.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Text field with the button that sends or stops. */
export class RivuletComposer extends ReactiveElement {
  static override readonly properties = [
    'strings',
    'isAnswering',
    'isClosed',
    'lastSent',
    'text',
    'settings',
    'files',
    'queued',
    'addon',
    'queue',
  ];
  declare strings: Strings;
  declare isAnswering: boolean;
  /** The chat is closed for good: nothing can be sent, and the banner below the header says why. */
  declare isClosed: boolean;
  /** Text that the Up key restores at the start of an empty field. */
  declare lastSent: string;
  /** Text in the field. */
  declare text: string;
  declare settings: AppSettings;
  /** File limits of the gateway. */
  declare files: ChatSnapshot['files'];
  /** Messages that wait until the answer is finished. */
  declare queued: ChatSnapshot['queued'];
  declare addon: ComposerAddon | undefined;
  /** Shows the queued messages. Undefined until loaded. */
  declare queue: ComposerQueue | undefined;

  /** Called on every change of the text, to store the draft. */
  onDraft: (text: string) => void = () => undefined;

  constructor() {
    super();
    this.text = '';
    this.queued = [];
  }

  get #field(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  /** What would be sent; empty when a reader would see nothing of it. */
  get #content(): string {
    return isBlankText(this.text) ? '' : this.text.trim();
  }

  override focus(): void {
    this.#field?.focus({ preventScroll: true });
  }

  override render(): TemplateResult {
    const { strings, isAnswering, isClosed, addon, queue } = this;
    const text = this.#content;
    const canSend = !isClosed && (addon?.canSend(text) ?? text !== '');
    const canPress = canSend || (isAnswering && !isClosed);
    // An empty field uses the direction of the panel: with `dir=auto` it, and its placeholder, would count as left to
    // right. No control is ever `disabled`: it would lose the focus, as the button would when send turns into stop.
    return html`<form class="composer" part="composer" @submit=${this.#onSubmit}>
      ${queue?.renderAbove()}${addon?.renderAbove()}
      <div class="field" part="field">
        ${addon?.renderStart()}<textarea
          rows="1"
          part="input"
          dir=${this.text === '' ? nothing : 'auto'}
          enterkeyhint=${isTouchOnly() ? 'enter' : 'send'}
          aria-label=${strings.composerLabel}
          aria-describedby=${isClosed ? 'rivulet-line' : nothing}
          placeholder=${isClosed ? strings.statusClosed : strings.placeholder}
          ?readonly=${isClosed}
          .value=${this.text}
          @input=${this.#onInput}
          @keydown=${this.#onKeydown}
        ></textarea>
        ${queue?.renderButton(canSend)}<button
          type="submit"
          class="send"
          part="send-button"
          aria-label=${isAnswering ? strings.stop : strings.send}
          aria-disabled=${!canPress}
          data-does=${isAnswering ? 'stop' : 'send'}
        >
          ${isAnswering ? stopIcon : sendIcon}
        </button>
      </div>
      ${addon?.renderBelow(text)}
    </form>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('settings')) void this.#fetchAddon();
    // Loaded while the visitor types, so that the list is there with the first message.
    if (this.queue === undefined && (this.queued.length > 0 || (this.isAnswering && this.text !== '')))
      void this.#fetchQueue();
    if (changed.has('text')) this.#grow();
  }

  async #fetchQueue(): Promise<void> {
    const module = await import('./queue/queued-messages.ts').catch(() => undefined); // the next key press tries again
    this.queue ??= module?.createComposerQueue(this);
  }

  async #fetchAddon(): Promise<void> {
    const { attachments, composer } = this.settings.options;
    if (this.addon !== undefined || (attachments?.isEnabled !== true && composer?.maxChars === undefined))
      return;
    const module = await import('./attachments/composer-addon.ts').catch(() => undefined); // the next change of the settings tries again
    this.addon ??= module?.createComposerAddon(this);
  }

  /** Sets the height for browsers without `field-sizing`; the style sheet holds the limits. */
  #grow(): void {
    const field = this.#field;
    if (field === null || CSS.supports('field-sizing', 'content')) return;
    field.style.setProperty('block-size', 'auto');
    field.style.setProperty('block-size', `${field.scrollHeight}px`);
  }

  #change(text: string): void {
    this.text = text;
    this.onDraft(text);
  }

  readonly #onInput = (): void => {
    this.#change(this.#field?.value ?? '');
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.isAnswering) raise(this, { type: 'stop' });
    else this.send();
  };

  /** Sends the text, or keeps it in the field if it cannot be sent now. */
  send(): void {
    if (this.isClosed || this.queue?.isFull) return;
    const text = this.#content;
    if (this.addon !== undefined) {
      if (this.addon.send(text)) this.#change('');
      return;
    }
    if (text === '') return;
    this.#change('');
    raise(this, { type: 'send', content: text, source: 'composer' });
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    if (isDone(event)) {
      event.preventDefault();
      this.send();
    }
    if (event.key === 'ArrowUp' && this.text === '' && this.lastSent !== '' && !this.isClosed) {
      event.preventDefault();
      this.#change(this.lastSent);
    }
  };
}
