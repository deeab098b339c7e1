/**
 * `<console-transcript>`: messages as the visitor saw them, with the widget’s own elements and styles in a shadow root, and beside each
 * answer what its reader needs to know about it.
 */
import type { Message } from '@rivulet/protocol';
import {
  adoptStyles,
  answerOptionsOf,
  createRich,
  dayOf,
  EMPTY_TRANSCRIPT,
  en,
  html,
  INTENT,
  keyed,
  keyOf,
  messageTools,
  nothing,
  prepareRich,
  render,
  RivuletMarkdown,
  RivuletMessage,
  show,
  type AppSettings,
  type MessageTools,
  type RichParts,
  type Shown,
  type TranscriptItem,
} from '../../widget/src/reading.ts';
import { transcriptStyles } from './console-styles.ts';
import { renderAbout } from './about-answer.ts';
import { fill, TEXTS } from './texts.ts';

/** The widget as far as its renderers ask for it. The English texts are those of the console, too. */
const settingsOf = (siteId: string): AppSettings => ({
  gateway: location.origin,
  site: siteId,
  mode: 'page',
  locale: 'en',
  options: {},
  hooks: [],
});
const ANSWERS = answerOptionsOf({});

/** Shows the messages of a conversation. Set `siteId` before `messages`. */
export class ConsoleTranscript extends HTMLElement {
  #messages: readonly Message[] = [];
  #shown: Shown = EMPTY_TRANSCRIPT;
  #settings = settingsOf('');
  #tools: MessageTools | undefined;
  #rich: RichParts | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    adoptStyles(root);
    adoptStyles(root, [transcriptStyles]);
    prepareRich(root);
    // What only the visitor can do: answer a form, approve a tool, open a file with their own rights.
    root.addEventListener(INTENT, (event) => {
      event.stopPropagation();
      this.dispatchEvent(new CustomEvent('visitor-only', { bubbles: true, composed: true }));
    });
  }

  /** The site of the conversation. */
  set siteId(siteId: string) {
    if (this.#rich !== undefined && siteId === this.#settings.site) return;
    this.#settings = settingsOf(siteId);
    this.#tools = { ...messageTools(this.#settings), renderActions: () => nothing };
    this.#rich = createRich(this.#settings, en, () => {
      this.#render();
    });
  }

  /** The messages of all versions, in the order of the log. */
  set messages(messages: readonly Message[]) {
    if (messages === this.#messages) return;
    this.#messages = messages;
    const conversation = { id: 'c_0', title: null, createdAtMs: 0, messages, participants: [] };
    this.#shown = show({ conversation, pending: [] } as never, { today: dayOf(Date.now()) }, this.#shown); // reads only these
    this.#render();
  }

  #render(): void {
    const root = this.shadowRoot;
    if (root === null) return;
    const items = this.#shown.groups.flat();
    render(
      html`<rivulet-app
        ><div class="panel" lang="en">
          <div class="content">${items.map((item) => keyed(keyOf(item), this.#renderItem(item)))}</div>
        </div></rivulet-app
      >`,
      root,
    );
  }

  #renderItem(item: TranscriptItem) {
    const { message, siblings } = item;
    return html`${item.isNewDay ? this.#tools?.renderDay(item, dayOf(Date.now())) : nothing}
      <div class="entry" data-role=${message.role}>
        <rivulet-message
          .item=${siblings === undefined ? item : { ...item, siblings: undefined }}
          .strings=${en}
          .tools=${this.#tools}
          .rich=${this.#rich}
          .answerOptions=${ANSWERS}
          .isLast=${false}
          .isBusy=${true}
        ></rivulet-message>
        ${
          siblings === undefined
            ? nothing
            : html`<p class="versions">${fill(TEXTS.conversation.versions, { count: siblings.length })}</p>`
        }
        ${renderAbout(message)}
      </div>`;
  }
}

/** Defines the element and those of the widget that it uses. */
export function defineTranscript(): void {
  const elements = {
    'rivulet-markdown': RivuletMarkdown,
    'rivulet-message': RivuletMessage,
    'console-transcript': ConsoleTranscript,
  };
  for (const [name, element] of Object.entries(elements))
    if (customElements.get(name) === undefined) customElements.define(name, element);
}

declare global {
  interface HTMLElementTagNameMap {
    'console-transcript': ConsoleTranscript;
  }
}
