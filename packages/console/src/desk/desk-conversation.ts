/** One conversation at the desk: what was written in it, live, and what a person does with it. */
import type { ConversationOwner, Message, MessageId, Participant, View } from '@rivulet/protocol';
import { ApiError, ask, pathOf } from '../api.ts';
import { readLive } from '../live-reading.ts';
import { laterOwner, type DeskFacts, type Entry, type Note, type ReadConversation } from './desk-data.ts';
import type { Outgoing } from './outbox.ts';
import type { Suggested } from './suggestion.ts';
import { TypingNotice } from './typing-notice.ts';
import type { UnsentOf } from './unsent.ts';

/** What a conversation needs. */
export interface DeskConversationOptions {
  id: string;
  unsent: UnsentOf;
  changed: () => void;
  /** @returns the text for a failed request; it asks to sign in again when the session has ended */
  explain: (error: unknown) => string;
  /** The visitor has written. */
  arrived: (message: Message) => void;
}
/** A request that changes the conversation, below its path. */
export interface DeskAct {
  act: 'take' | 'release' | 'assign' | 'status' | 'notes';
  body?: unknown;
}

/** The widget tells every three seconds that its visitor goes on typing. */
const TYPING_MS = 6_000;
/** A gateway that restarts is there again in some seconds. */
const RETRY_MS = 3_000;

/** One conversation. */
export class DeskConversation {
  readonly id: string;
  readonly unsent: UnsentOf;
  readonly #options: DeskConversationOptions;
  readonly #stop = new AbortController();
  readonly #typing: TypingNotice;
  #entry: Entry | undefined;
  #stored: readonly Message[] = [];
  #view: View | undefined;
  #closeLive: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether there is nothing to read for this user. */
  #isGone = false;
  #merged:
    { messages: readonly Message[]; replies: readonly Outgoing[]; all: readonly Message[] } | undefined;
  /** Oldest first. */
  notes: readonly Note[] = [];
  /** Ends what is shown of the visitor's typing. */
  #typingEnd: ReturnType<typeof setTimeout> | undefined;
  isVisitorTyping = false;
  live: 'connecting' | 'live' | 'lost' = 'connecting';
  /** Why the last thing could not be done. */
  problem = '';
  /** Why it cannot be read. */
  readProblem = '';
  /** What is being done; undefined: nothing. */
  busy: DeskAct['act'] | undefined;

  constructor(options: DeskConversationOptions) {
    this.#options = options;
    this.id = options.id;
    this.unsent = options.unsent;
    this.unsent.outbox.onChanged = options.changed;
    this.unsent.attachments.onChanged = options.changed;
    this.#typing = new TypingNotice({
      send: (isTyping) => this.#ask({ act: 'typing', body: { isTyping } }),
      now: () => Date.now(),
    });
    void this.#begin();
  }

  close(): void {
    this.#typing.stop();
    this.#stop.abort();
    this.#closeLive();
    clearTimeout(this.#timer);
    clearTimeout(this.#typingEnd);
    this.unsent.outbox.onChanged = () => undefined;
    this.unsent.attachments.onChanged = () => undefined;
  }

  /** What the desk knows of it; undefined while it is loaded. */
  get desk(): DeskFacts | undefined {
    return this.#entry?.desk;
  }

  get siteId(): string | undefined {
    return this.#entry?.siteId;
  }

  /** Null: it has none. */
  get title(): string | null {
    return this.#view?.conversation.title ?? this.#entry?.title ?? null;
  }

  /** Who answers it, by the later one of the inbox and the log. */
  get owner(): ConversationOwner | undefined {
    return laterOwner(this.#view?.conversation.owner, this.#entry?.desk.owner);
  }

  /** Whether the person has it. */
  isOf(personId: string | undefined): boolean {
    return this.owner?.kind === 'person' && this.owner.person?.id === personId;
  }

  /** Whether a snapshot of it is shown. */
  get isRead(): boolean {
    return this.#entry !== undefined;
  }

  /** The messages, and after them the replies that are on their way. The same array while nothing changes. */
  messagesOf(me: Participant | undefined): readonly Message[] {
    const messages = this.#view?.conversation.messages ?? this.#stored;
    const { replies } = this.unsent.outbox;
    const before = this.#merged;
    if (before?.messages === messages && before.replies === replies) return before.all;
    const ids = new Set(messages.map(({ id }) => id));
    const all = [...messages];
    for (const reply of replies)
      if (!ids.has(reply.messageId)) all.push(asMessage(reply, all.at(-1)?.id ?? null, me));
    this.#merged = { messages, replies, all };
    return all;
  }

  /**
   * The inbox tells of it. What the visitor has written is read while the page is looked at; who hands a conversation on has often noted
   * why.
   */
  told(entry: Entry): void {
    const before = this.#entry;
    // What the inbox had before something was done here may come after it.
    if (before === undefined || entry.updatedAtMs < before.updatedAtMs || isSame(entry, before)) return;
    this.#entry = entry;
    if (entry.desk.owner.number !== before.desk.owner.number) void this.read();
    else this.look();
  }

  /** The user looks at the page: from now on it is read. */
  look(): void {
    if (this.#entry?.desk.isUnread === true && document.visibilityState === 'visible') void this.read();
  }

  /** Reads it from the store, with its notes, and keeps that the user has seen it. @returns false when it cannot be read */
  async read(): Promise<boolean> {
    try {
      await this.#load();
      this.readProblem = '';
    } catch (error) {
      if (!this.#stop.signal.aborted) this.readProblem = this.#options.explain(error);
      this.#isGone = error instanceof ApiError && [401, 403, 404].includes(error.status);
    }
    this.#options.changed();
    return this.readProblem === '';
  }

  /** Does it. @returns whether it was done */
  async act({ act, body }: DeskAct): Promise<boolean> {
    if (this.busy !== undefined) return false;
    this.busy = act;
    this.problem = '';
    this.#options.changed();
    try {
      const answer = await this.#ask<Partial<ReadConversation> & { note?: Note }>({ act, body });
      if (answer.conversation !== undefined) this.#entry = withoutUnread(answer.conversation);
      if (answer.note !== undefined) this.notes = [...this.notes, answer.note];
    } catch (error) {
      this.problem = this.#options.explain(error);
      // Somebody else was faster: what is shown is not true any more. When it cannot be read, the problem says why already.
      await this.#load().catch(() => undefined);
    }
    this.busy = undefined;
    this.#options.changed();
    return this.problem === '';
  }

  /** Decides about a tool call. @throws {ApiError} */
  async decide(body: { callId: string; decision: 'approve' | 'refuse' }): Promise<void> {
    await this.#ask({ act: 'approval', body });
  }

  /** Sends a text to the visitor. */
  reply(text: string): void {
    this.#typing.forget();
    const files = this.unsent.attachments.take();
    this.unsent.outbox.add([...(text === '' ? [] : [{ type: 'text' as const, text }]), ...files]);
  }

  /** Asks the model for a reply. @throws {ApiError} */
  async suggest(signal: AbortSignal): Promise<Suggested> {
    const path = `${this.#path}/draft`;
    const { draft } = await ask<{ draft: Suggested }>(path, { method: 'POST', body: {}, signal });
    return draft;
  }

  /** The address of a file of the conversation. */
  readonly fileAddress = (fileId: string): string =>
    pathOf(`${this.#path}/files/${encodeURIComponent(fileId)}`);

  /** The text of a reply has changed. */
  typed(text: string): void {
    if (this.owner?.kind === 'person') this.#typing.typed(text);
  }

  get #path(): string {
    return `desk/conversations/${encodeURIComponent(this.id)}`;
  }

  #ask<Answer>({
    act,
    body = {},
  }: {
    act: DeskAct['act'] | 'approval' | 'typing';
    body?: unknown;
  }): Promise<Answer> {
    return ask<Answer>(`${this.#path}/${act}`, { method: 'POST', body });
  }

  async #load(): Promise<void> {
    const answer = await ask<ReadConversation>(this.#path, { signal: this.#stop.signal });
    this.#entry = withoutUnread(answer.conversation);
    this.#stored = answer.messages;
    this.notes = answer.notes;
    if (this.#view === undefined) this.unsent.outbox.seen(answer.messages);
  }

  /** Reads it, and then along. The browser is not told why a stream is refused: the request before it is. */
  async #begin(): Promise<void> {
    const isRead = await this.read();
    if (this.#stop.signal.aborted || (!isRead && this.#isGone)) return;
    if (isRead) this.#follow();
    else this.#beginLater();
  }

  #beginLater(): void {
    this.#timer = setTimeout(() => void this.#begin(), RETRY_MS);
  }

  #follow(): void {
    this.#closeLive();
    this.#closeLive = readLive(this.id, {
      changed: (view) => {
        this.#see(view);
      },
      typing: (isTyping) => {
        this.#visitorTypes(isTyping);
      },
      status: (status) => {
        this.live = status === 'live' ? 'live' : 'lost';
        if (status === 'ended') this.#beginLater();
        this.#options.changed();
      },
    });
  }

  #visitorTypes(isTyping: boolean): void {
    clearTimeout(this.#typingEnd);
    this.isVisitorTyping = isTyping;
    if (isTyping)
      this.#typingEnd = setTimeout(() => {
        this.#visitorTypes(false);
      }, TYPING_MS);
    this.#options.changed();
  }

  #see(view: View): void {
    const { messages } = view.conversation;
    const before = this.#view?.conversation.messages;
    this.#view = view;
    this.unsent.outbox.seen(messages);
    const newest = messages.at(-1);
    if (before !== undefined && newest?.role === 'user' && before.every(({ id }) => id !== newest.id)) {
      this.#visitorTypes(false);
      this.#options.arrived(newest);
    }
    this.#options.changed();
  }
}

/** The reply as it will be shown when the gateway has it. */
const asMessage = (
  { messageId: id, parts, atMs: createdAtMs }: Outgoing,
  parentId: MessageId | null,
  me: Participant | undefined,
): Message => ({
  ...{ id, parentId, parts: [...parts], createdAtMs },
  role: 'agent',
  ...(me === undefined ? {} : { author: me }),
});

/** The gateway answers with what was before the user has read it. */
const withoutUnread = (entry: Entry): Entry => ({ ...entry, desk: { ...entry.desk, isUnread: false } });

/** Whether the inbox tells nothing new. The same values from two answers are not the same objects. */
const isSame = (one: Entry, other: Entry): boolean => JSON.stringify(one) === JSON.stringify(other);
