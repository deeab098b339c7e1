/** The log of one conversation as a gateway keeps it: positions, runs, and each message once. */
import {
  emptyConversation,
  fold,
  partIdOf,
  type ChatEvent,
  type CommandOf,
  type Conversation,
  type ConversationId,
  type FinishReason,
  type LoggedEvent,
  type LoggedEventBody,
  type MessageId,
  type RunId,
} from '@rivulet/protocol';

/** A log that tests append to; subscribed connections receive each event. */
export class FakeLog {
  /** The conversation. */
  readonly id: ConversationId;
  /** Every event, oldest first. */
  readonly events: LoggedEvent[] = [];
  /** The folded state, which every viewer at the end of the log has. */
  state: Conversation;
  /** The epoch of the log; a test changes it to invalidate cursors. */
  epoch = 'e1';
  /**
   * The token that created the conversation, or that it was merged into. undefined: created by the test, readable with every
   * token.
   */
  owner: string | undefined;
  /** The `seq` of the oldest event that can be replayed. */
  keptFrom = 1;
  /** The accepted messages with their runs, so that a repeated message gets the same response. */
  readonly accepted = new Map<MessageId, RunId>();
  /** The runs that were started by `regenerate`. */
  readonly regenerated = new Set<RunId>();
  /** Called with each new event. */
  readonly watchers = new Set<(event: LoggedEvent) => void>();

  constructor(id: ConversationId) {
    this.id = id;
    this.state = emptyConversation(id, 0);
  }

  /** The `seq` of the newest event; 0 for an empty log. */
  get seq(): number {
    return this.events.length;
  }

  /** The state as the pages of a snapshot. @param size messages per page */
  pages(size: number): ChatEvent[] {
    const { id: conversationId, epoch, seq, state } = this;
    const count = Math.max(1, Math.ceil(state.messages.length / size));
    return Array.from({ length: count }, (_, page) => ({
      type: 'snapshot',
      conversationId,
      epoch,
      seq,
      conversation: { ...state, messages: state.messages.slice(page * size, (page + 1) * size) },
      page,
      isLast: page === count - 1,
    }));
  }

  /** Appends an event with the next `seq`. */
  append(body: LoggedEventBody): void {
    const position = { conversationId: this.id, seq: this.seq + 1 };
    // A body with its position is an event of the same type. Deltas carry no conversation id.
    const event = { ...body, ...position } as LoggedEvent;
    if ('at' in body) Reflect.deleteProperty(event, 'conversationId');
    this.events.push(event);
    this.state = fold(this.state, event);
    for (const watch of this.watchers) watch(event);
  }

  /** Appends the message of a command. */
  addMessage({ messageId, parts, parentId }: CommandOf<'send-message'>): void {
    const newest = this.state.messages.at(-1)?.id ?? null;
    this.append({
      type: 'message-added',
      message: {
        id: messageId,
        role: 'user',
        parentId: parentId === undefined ? newest : parentId,
        parts,
        createdAtMs: 0,
      },
    });
  }

  /** Appends feedback. */
  rate({ messageId, value, comment }: CommandOf<'feedback'>): void {
    const feedback = value === null ? null : { value, ...(comment === undefined ? {} : { comment }) };
    this.append({ type: 'feedback', messageId, feedback });
  }

  /** Appends the start of a run. */
  startRun(runId: RunId, messageId: MessageId, parentId: MessageId): void {
    this.append({ type: 'run-started', runId, messageId, parentId, startedAtMs: 0 });
  }

  /** Appends text to the answer of the oldest running run. @returns whether there is one */
  write(text: string): boolean {
    const message = this.#running();
    if (message === undefined) return false;
    const partId = partIdOf(message.id, 0);
    const [part] = message.parts;
    if (part === undefined) this.append({ type: 'part-started', partId, value: { type: 'text', text: '' } });
    const at = part?.type === 'text' ? part.text.length : 0;
    this.append({ type: 'text-delta', partId, at, text });
    return true;
  }

  /** Finishes a run, by default the oldest running one. @returns whether there is one */
  finish(reason: FinishReason, runId: RunId | undefined = this.#running()?.run?.id): boolean {
    const isRunning = this.state.messages.some(({ run }) => run?.id === runId && run?.state === 'running');
    if (runId === undefined || !isRunning) return false;
    this.append({ type: 'run-finished', runId, reason, finishedAtMs: 0 });
    return true;
  }

  #running() {
    return this.state.messages.find(({ run }) => run?.state === 'running');
  }
}
