/** `<desk-composer>`: the widget’s own text field, in a shadow root with the widget’s styles. */
import {
  adoptStyles,
  attachmentStyles,
  en,
  html,
  INTENT,
  render,
  richStyles,
  RivuletComposer,
  type AppSettings,
  type Intent,
} from '../../../widget/src/reading.ts';
import { widgetStyles } from '../console-styles.ts';
import type { Attached, Attachments } from './attachments.ts';
import { createComposerFiles } from './composer-files.ts';
import { DESK_TEXTS } from './desk-texts.ts';
import { composerStyles } from './desk-styles.ts';
import type { WritingMode } from './unsent.ts';

/** The widget as far as its text field asks for it. */
const SETTINGS: AppSettings = {
  ...{ gateway: location.origin, site: '', mode: 'page', locale: 'en' },
  ...{ options: {}, hooks: [] },
};
const STRINGS = {
  reply: { ...en, composerLabel: DESK_TEXTS.replyLabel, placeholder: DESK_TEXTS.replyLabel },
  note: { ...en, composerLabel: DESK_TEXTS.noteLabel, placeholder: DESK_TEXTS.noteLabel },
} as const;

/** The events of the field, by their names. */
export interface DeskComposerEvents {
  /** The text has changed. */
  'desk-draft': CustomEvent<string>;
  /** Enter, or the button: the text, which the field does not have any more. */
  'desk-send': CustomEvent<string>;
}

/** The field. Set `mode` and `text`. */
export class DeskComposer extends HTMLElement {
  readonly #composer = new RivuletComposer();
  #mode: WritingMode = 'reply';
  #text = '';
  #files: readonly Attached[] = [];

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    adoptStyles(root);
    adoptStyles(root, [richStyles, attachmentStyles, widgetStyles, composerStyles]);
    this.#composer.settings = SETTINGS;
    this.#composer.isAnswering = false;
    this.#composer.isClosed = false;
    this.#composer.lastSent = '';
    this.#composer.files = null;
    this.#composer.onDraft = (text) => {
      this.#text = text;
      this.#tell('desk-draft', text);
    };
    root.addEventListener(INTENT, (event) => {
      event.stopPropagation();
      if (!(event instanceof CustomEvent)) return;
      const intent = event.detail as Intent; // the only events of this type
      if (intent.type === 'send' && typeof intent.content === 'string')
        this.#tell('desk-send', intent.content);
    });
    this.#render();
  }

  /** What the text becomes. */
  set mode(mode: WritingMode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#render();
  }

  /** The text in the field. */
  set text(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    this.#composer.text = text;
  }

  /** What goes with the text; undefined: a text alone. Set it once. */
  set attachments(attachments: Attachments | undefined) {
    this.#composer.addon =
      attachments &&
      createComposerFiles(this.#composer, attachments, (text) => {
        this.#tell('desk-send', text);
      });
  }

  /** The files as they are now. */
  set files(files: readonly Attached[]) {
    if (files === this.#files) return;
    this.#files = files;
    this.#composer.requestUpdate();
  }

  override focus(): void {
    this.#composer.focus();
  }

  #tell(name: keyof DeskComposerEvents, detail: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #render(): void {
    const { shadowRoot: root } = this;
    if (root === null) return;
    this.#composer.strings = STRINGS[this.#mode];
    render(
      html`<rivulet-app
        ><div class="panel" lang="en" data-writes=${this.#mode}>${this.#composer}</div></rivulet-app
      >`,
      root,
    );
  }
}

/** Defines the element and the one of the widget that it uses. */
export function defineDeskComposer(): void {
  if (customElements.get('rivulet-composer') === undefined)
    customElements.define('rivulet-composer', RivuletComposer);
  if (customElements.get('desk-composer') === undefined) customElements.define('desk-composer', DeskComposer);
}

declare global {
  interface HTMLElementTagNameMap {
    'desk-composer': DeskComposer;
  }
}
