/** The conversation that is shown at the desk, with what its reader does: take it over, answer, note, hand on. */
import { ChatError, textOf, type Message, type Participant } from '@rivulet/protocol';
import { html, keyed, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import { ApiError } from '../api.ts';
import type { PageContext } from '../page.ts';
import { fill, TEXTS } from '../texts.ts';
import { choosePerson, chooseReply, chooseSnooze } from './choices.ts';
import { DeskConversation, type DeskAct } from './desk-conversation.ts';
import type { DeskSite, Entry, InboxPlace } from './desk-data.ts';
import {
  renderHead,
  renderThread,
  type ConversationActions,
  type ConversationLook,
} from './render-conversation.ts';
import { renderWriting, type WritingLook } from './render-writing.ts';
import { Suggestion } from './suggestion.ts';
import type { UnsentOf, WritingMode } from './unsent.ts';

const { desk: words } = TEXTS;
/** What is read out of a message: the rest is on the screen. */
const READ_OUT_CHARS = 300;

/** What the pane needs. */
export interface ConversationPaneOptions {
  id: string;
  unsent: UnsentOf;
  context: PageContext;
  me: () => Participant | undefined;
  /** The site with this id, with its team as it is known now. */
  site: (id: string | undefined) => DeskSite | undefined;
  /** Asks again who is there. */
  reload: () => Promise<void>;
  /** The inbox may have changed in what the feed does not tell. */
  acted: () => void;
}

/** One conversation on the screen. */
export class ConversationPane {
  readonly #options: ConversationPaneOptions;
  readonly #conversation: DeskConversation;
  readonly #suggestion: Suggestion;
  #mode: WritingMode = 'reply';

  constructor(options: ConversationPaneOptions) {
    const { id, unsent, context } = options;
    this.#options = options;
    this.#conversation = new DeskConversation({
      ...{ id, unsent, changed: context.changed, explain: context.explain },
      arrived: (message) => {
        context.announce(`${words.visitor}: ${spoken(message)}`);
      },
    });
    this.#suggestion = new Suggestion({
      ask: (signal) => this.#conversation.suggest(signal),
      written: ({ text, isCut }) => {
        this.#insert(text);
        context.announce(isCut ? words.cut : words.suggested);
      },
      failed: (error) => {
        this.#say(context.explain(error));
      },
      changed: context.changed,
    });
  }

  get id(): string {
    return this.#conversation.id;
  }

  close(): void {
    this.#suggestion.stop();
    this.#conversation.close();
  }

  /** The inbox tells of it. */
  told(entry: Entry): void {
    this.#conversation.told(entry);
  }

  /** It may have changed in what nobody tells. */
  readAgain(): void {
    void this.#conversation.read();
  }

  /** The user looks at the page again. */
  look(): void {
    this.#conversation.look();
  }

  /** Puts the focus on its title, once it is rendered. */
  focus(): void {
    afterRender(() => {
      find('.desk-pane h2')?.focus();
    });
  }

  render(place: InboxPlace, nowMs: number): TemplateResult {
    const conversation = this.#conversation;
    const { context, me, site } = this.#options;
    const look: ConversationLook = {
      ...{ conversation, place, nowMs, me: me(), on: this.#actions },
      maySupervise: context.user.role === 'admin',
    };
    return html`<section class="desk-pane" data-open aria-label=${words.conversation}>
      ${renderHead(look)}
      ${
        conversation.isRead
          ? keyed(
              conversation.id,
              html`${renderThread(look)}
              ${renderWriting({
                ...{ conversation, mode: this.#shownMode, mayReply: this.#mayReply, on: this.#writing },
                hasCanned: (site(conversation.siteId)?.cannedReplies.length ?? 0) > 0,
                suggestion: this.#suggestionState,
              })}`,
            )
          : nothing
      }
    </section>`;
  }

  get #mayReply(): boolean {
    return this.#conversation.isOf(this.#options.me()?.id);
  }

  /** Whoever does not have the conversation can only note. */
  get #shownMode(): WritingMode {
    return this.#mayReply ? this.#mode : 'note';
  }

  /** Does it, and says what was done. The focus of a button that is gone goes to the title. */
  async #act(act: DeskAct, done: string): Promise<boolean> {
    const isDone = await this.#conversation.act(act);
    if (isDone) {
      this.#options.context.announce(done);
      this.#options.acted();
    }
    afterRender(() => {
      if (document.activeElement === document.body) find('.desk-pane h2')?.focus();
    });
    return isDone;
  }

  readonly #take = async (act: DeskAct): Promise<void> => {
    if (!(await this.#act(act, words.taken))) return;
    this.#mode = 'reply';
    this.#focusComposer();
  };

  readonly #actions: ConversationActions = {
    take: () => void this.#take({ act: 'take' }),
    takeFrom: () => void this.#take({ act: 'assign', body: { personId: this.#options.me()?.id } }),
    release: () => void this.#act({ act: 'release' }, words.released),
    assign: () => void this.#assign(),
    snooze: () => void this.#snooze(),
    close: () => void this.#act({ act: 'status', body: { status: 'closed' } }, words.closed),
    reopen: () => void this.#act({ act: 'status', body: { status: 'open' } }, words.reopened),
    decide: (call) => this.#decide(call),
    toEnd: () => {
      document.querySelector('desk-scroller')?.toEnd();
    },
    visitorOnly: () => {
      this.#say(TEXTS.conversation.visitorOnly);
    },
  };

  async #assign(): Promise<void> {
    await this.#options.reload();
    const { owner, siteId } = this.#conversation;
    const team = (this.#options.site(siteId)?.team ?? []).filter(({ id }) => id !== owner?.person?.id);
    const chosen = await choosePerson(team);
    if (chosen === undefined) return;
    const act = { act: 'assign', body: { personId: chosen.value } } as const;
    await this.#act(act, fill(words.assigned, { name: chosen.label }));
  }

  async #snooze(): Promise<void> {
    const chosen = await chooseSnooze(Date.now());
    if (chosen === undefined) return;
    const { value: untilMs } = chosen;
    const body = { status: 'snoozed', ...(untilMs === undefined ? {} : { untilMs }) };
    await this.#act({ act: 'status', body }, words.snoozed);
  }

  /** @throws {ChatError} by whose code the tool card says what went wrong */
  async #decide({ callId, decision, input }: Parameters<ConversationActions['decide']>[0]): Promise<void> {
    if (input !== undefined) {
      this.#say(words.asItIs);
      throw new ChatError('bad-frame');
    }
    try {
      await this.#conversation.decide({ callId, decision });
    } catch (error) {
      this.#say(this.#options.context.explain(error));
      const isConflict = error instanceof ApiError && error.status === 409;
      throw new ChatError(isConflict ? 'conflict' : 'internal', { cause: error });
    }
  }

  readonly #writing: WritingLook['on'] = {
    setMode: (mode) => {
      if (mode === 'reply' && !this.#mayReply) {
        this.#options.context.announce(words.takeToReply);
        return;
      }
      this.#mode = mode;
      this.#options.context.changed();
      this.#focusComposer();
    },
    draft: (text) => {
      const mode = this.#shownMode;
      this.#conversation.unsent.drafts[mode] = text;
      if (mode === 'reply') this.#conversation.typed(text);
      this.#options.context.changed();
    },
    send: (text) => {
      if (this.#shownMode === 'note') void this.#addNote(text);
      else {
        this.#conversation.reply(text);
        this.#actions.toEnd();
      }
    },
    again: () => {
      this.#conversation.unsent.outbox.again();
    },
    takeBack: () => {
      const parts = this.#conversation.unsent.outbox.takeBack();
      if (parts === undefined) return;
      this.#conversation.unsent.attachments.giveBack(parts.filter((part) => part.type === 'file'));
      this.#insert(textOf({ parts: [...parts] }));
    },
    canned: () => void this.#choosePrepared(),
    suggest: () => void this.#suggestion.toggle(),
  };

  async #choosePrepared(): Promise<void> {
    const replies = this.#options.site(this.#conversation.siteId)?.cannedReplies ?? [];
    const chosen = await chooseReply(replies);
    if (chosen !== undefined) this.#insert(chosen.value);
  }

  get #suggestionState(): WritingLook['suggestion'] {
    if (this.#suggestion.isWriting) return 'written';
    return this.#options.site(this.#conversation.siteId)?.settings.drafts === true ? 'offered' : 'none';
  }

  /** Puts a text into the field, after what is there. It is sent by nobody but the user. */
  #insert(text: string): void {
    const { drafts } = this.#conversation.unsent;
    this.#mode = 'reply';
    drafts.reply = drafts.reply.trim() === '' ? text : `${drafts.reply.trimEnd()}\n${text}`;
    this.#options.context.changed();
    this.#focusComposer();
  }

  /** The text stays in the field until the gateway has it. A note that was added before its answer was lost is not added again. */
  async #addNote(text: string): Promise<void> {
    const { unsent, notes: before } = this.#conversation;
    unsent.drafts.note = text;
    this.#options.context.changed();
    const isAdded = await this.#act({ act: 'notes', body: { text } }, words.noteAdded);
    const known = new Set(before.map(({ id }) => id));
    const { name } = this.#options.context.user;
    const isThere = this.#conversation.notes.some(
      (note) => !known.has(note.id) && note.text === text && note.userName === name,
    );
    if ((isAdded || isThere) && unsent.drafts.note === text) unsent.drafts.note = '';
    this.#options.context.changed();
  }

  #say(problem: string): void {
    this.#conversation.problem = problem;
    this.#options.context.changed();
  }

  #focusComposer(): void {
    afterRender(() => {
      find('desk-composer')?.focus();
    });
  }
}

/** What is read out of a message. */
const spoken = (message: Message): string => textOf(message).slice(0, READ_OUT_CHARS);

/** Changes are rendered in a microtask, and what is focused must be there by then. */
const afterRender = (act: () => void): void => {
  setTimeout(act);
};

const find = (selector: string): HTMLElement | null => document.querySelector<HTMLElement>(selector);
