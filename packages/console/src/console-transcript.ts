/**
 * `<console-transcript>`: messages as the visitor saw them, with the widget’s own elements and styles in a shadow root, and beside each
 * answer what its reader needs to know about it.
 */
import type { ConversationOwner, Message, MessageId, Part } from '@rivulet/protocol';
import type { RunFacts } from './api.ts';
import {
  adoptStyles,
  answerOptionsOf,
  createNotices,
  createRich,
  dayOf,
  deskEn,
  deskStyles,
  EMPTY_TRANSCRIPT,
  en,
  html,
  INTENT,
  keyed,
  keyOf,
  messageTools,
  nothing,
  ownerChanges,
  prepareRich,
  render,
  renderFace,
  RivuletMarkdown,
  RivuletMessage,
  show,
  type AppSettings,
  type Intent,
  type MessageTools,
  type RichParts,
  type Shown,
  type TemplateResult,
  type TranscriptItem,
} from '../../widget/src/reading.ts';
import { transcriptStyles, widgetStyles } from './console-styles.ts';
import { renderAbout } from './about-answer.ts';
import type { Note } from './desk/desk-data.ts';
import { renderFile } from './file-chip.ts';
import { formatListed, formatTime } from './format.ts';
import { fill, TEXTS } from './texts.ts';

/** The widget as far as its renderers ask for it. The English texts are those of the console, too. */
const settingsOf = (siteId: string, attachments: 'shown' | 'named' = 'named'): AppSettings => ({
  gateway: location.origin,
  site: siteId,
  mode: 'page',
  locale: 'en',
  options: { attachments: { isEnabled: attachments === 'shown' } },
  hooks: [],
});
const ANSWERS = answerOptionsOf({});
/** As the widget says it, to somebody who is not the visitor. */
const STRINGS = { ...en, you: TEXTS.desk.visitor };
const { joined } = TEXTS.desk;
const DESK_STRINGS = { ...deskEn, inQueue: joined, nobodyThere: joined, addressSent: joined };
const NOTHING_SENT: ReadonlySet<MessageId> = new Set();

/** Decides about a tool call. Rejects with an error whose message is for the user. */
export type DecideCall = (call: {
  callId: string;
  decision: 'approve' | 'refuse';
  input?: unknown;
}) => Promise<void>;

/** Shows the messages of a conversation. Set `siteId` before `messages`. */
export class ConsoleTranscript extends HTMLElement {
  #messages: readonly Message[] = [];
  #shown: Shown = EMPTY_TRANSCRIPT;
  #settings = settingsOf('');
  #tools: MessageTools | undefined;
  #rich: RichParts | undefined;
  #conversationId: string | undefined;
  #runs: ReadonlyMap<string, RunFacts> = new Map();
  #owner: ConversationOwner | undefined;
  #notes: readonly Note[] = [];
  #sending = NOTHING_SENT;
  #isRendering = false;
  /** Decides about a tool call that waits for approval; undefined: only the visitor can. */
  decide: DecideCall | undefined;
  /** The address of a file of the conversation; undefined: only the visitor opens files. Set it before `siteId`. */
  fileAddress: ((fileId: string) => string) | undefined;
  /** Whether the facts of each answer stand beside it. Set it before `messages`. */
  facts: 'beside' | 'none' = 'beside';

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    adoptStyles(root);
    adoptStyles(root, [deskStyles, widgetStyles, transcriptStyles]);
    prepareRich(root);
    root.addEventListener(INTENT, this.#onIntent);
  }

  /** The site of the conversation. */
  set siteId(siteId: string) {
    if (this.#rich !== undefined && siteId === this.#settings.site) return;
    this.#settings = settingsOf(siteId, this.fileAddress === undefined ? 'named' : 'shown');
    this.#tools = { ...messageTools(this.#settings), renderActions: () => nothing };
    const rich = createRich(this.#settings, en, this.#changed);
    this.#rich = {
      ...rich,
      renderPart: (part, from) => this.#renderPart(part) ?? rich.renderPart(part, from),
    };
  }

  /** Whose files can be downloaded. Without it a file is named, and cannot be opened. Set it before `messages`. */
  set conversationId(id: string) {
    this.#conversationId = id;
  }

  /** What the widget opens with the rights of the visitor. */
  #renderPart(part: Part): TemplateResult | undefined {
    return part.type === 'file' && this.#conversationId !== undefined
      ? renderFile(part, this.#conversationId)
      : undefined;
  }

  /** The messages of all versions, in the order of the log. */
  set messages(messages: readonly Message[]) {
    if (messages === this.#messages) return;
    this.#messages = messages;
    const conversation = { id: 'c_0', title: null, createdAtMs: 0, messages, participants: [] };
    this.#shown = show({ conversation, pending: [] } as never, { today: dayOf(Date.now()) }, this.#shown); // reads only these
    this.#changed();
  }

  /** What is kept of the runs, by the message that each has written. */
  set runs(runs: ReadonlyMap<string, RunFacts>) {
    if (runs === this.#runs) return;
    this.#runs = runs;
    this.#changed();
  }

  /** Who answers now. The lines about who has answered follow from it. */
  set owner(owner: ConversationOwner | undefined) {
    if (owner === this.#owner) return;
    this.#owner = owner;
    this.#changed();
  }

  /** What only the team reads, oldest first. */
  set notes(notes: readonly Note[]) {
    if (notes === this.#notes) return;
    this.#notes = notes;
    this.#changed();
  }

  /** The messages that the gateway does not have yet. */
  set sending(sending: ReadonlySet<MessageId>) {
    if (sending === this.#sending) return;
    this.#sending = sending;
    this.#changed();
  }

  /** What only the visitor can do: answer a form, open a file with their own rights, and, unless `decide` is set, approve a tool. */
  readonly #onIntent = (event: Event): void => {
    event.stopPropagation();
    if (!(event instanceof CustomEvent)) return;
    const intent = event.detail as Intent; // the only events of this type
    const { decide, fileAddress } = this;
    if (intent.type === 'announce') return;
    if (intent.type === 'ask' && decide !== undefined && isOf(event.target, 'rivulet-tool')) {
      const chat = {
        approve: (callId: string, decision: 'approve' | 'refuse', input?: unknown) =>
          decide({ callId, decision, ...(input === undefined ? {} : { input }) }),
      };
      void intent.ask(chat as never); // a tool card asks for nothing else
      return;
    }
    if (intent.type === 'ask' && fileAddress !== undefined && isOf(event.target, 'rivulet-file')) {
      void intent.ask({ access: accessOf(this.#settings.site, fileAddress) } as never); // a file asks for nothing else
      return;
    }
    this.dispatchEvent(new CustomEvent('visitor-only', { bubbles: true, composed: true }));
  };

  /** Renders once for all that is set in a task. */
  readonly #changed = (): void => {
    if (this.#isRendering) return;
    this.#isRendering = true;
    queueMicrotask(() => {
      this.#isRendering = false;
      this.#render();
    });
  };

  #render(): void {
    const root = this.shadowRoot;
    if (root === null) return;
    const items = this.#shown.groups.flat();
    const messages = [...this.#messages];
    const notices = createNotices({
      changes: ownerChanges(this.#owner === undefined ? { messages } : { messages, owner: this.#owner }),
      firstPendingId: undefined,
      owner: this.#owner,
      strings: DESK_STRINGS,
      renderFace: (person) => renderFace(person, []),
    });
    const notes = [...this.#notes];
    const notesBefore = (atMs: number) =>
      notes.splice(0, countBefore(notes, atMs)).map((note) => keyed(note.id, renderNote(note)));
    render(
      html`<rivulet-app
        ><div class="panel" lang="en">
          <div class="content" data-facts=${this.facts}>
            ${items.map((item) =>
              keyed(
                keyOf(item),
                html`${notesBefore(item.message.createdAtMs)}${
                  item.isNewDay ? this.#tools?.renderDay(item, dayOf(Date.now())) : nothing
                }${notices.renderBefore(item)}${this.#renderItem(item)}`,
              ),
            )}
            ${notesBefore(Infinity)}${notices.renderEnd()}
          </div>
        </div></rivulet-app
      >`,
      root,
    );
  }

  #renderItem(item: TranscriptItem) {
    const { message, siblings } = item;
    return html`<div class="entry" data-role=${message.role} ?data-sending=${this.#sending.has(message.id)}>
      <rivulet-message
        .item=${siblings === undefined ? item : { ...item, siblings: undefined }}
        .strings=${STRINGS}
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
      ${this.facts === 'beside' ? renderAbout(message, this.#runs.get(message.id)) : nothing}
    </div>`;
  }
}

const isOf = (target: EventTarget | null, name: string): boolean =>
  target instanceof HTMLElement && target.localName === name;

/** Reads files as the widget does, at another address and with the session of the console. */
const accessOf = (site: string, fileAddress: (fileId: string) => string) => ({
  ...{ gateway: location.origin, site, token: 'the session' },
  fetch(address: string, { method }: RequestInit): Promise<Response> {
    const [, , , fileId = ''] = new URL(address).pathname.split('/').map(decodeURIComponent);
    const url = fileAddress(fileId);
    return method === 'POST' ? Promise.resolve(Response.json({ url })) : fetch(url);
  },
});

/** How many of the notes were written before a time. */
function countBefore(notes: readonly Note[], atMs: number): number {
  const index = notes.findIndex((note) => note.atMs >= atMs);
  return index < 0 ? notes.length : index;
}

const renderNote = ({ userName, atMs, text }: Note) =>
  html`<div class="note" role="article">
    <div class="note-head">
      <bdi>${fill(TEXTS.desk.noteOf, { name: userName })}</bdi> ·
      <time datetime=${new Date(atMs).toISOString()} title=${formatTime(atMs)}
        >${formatListed(atMs, Date.now())}</time
      >
    </div>
    <p class="note-text" dir="auto">${text}</p>
  </div>`;

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
