/** One conversation's log as a gateway keeps it: positions, runs, and each message once. */
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

export class FakeLog {
  readonly id: ConversationId;
  readonly events: LoggedEvent[] = [];
  /** What every viewer at the end of the log has. */
  state: Conversation;
  epoch = 'e1';
  /** The token of who began it; a merge writes it anew. undefined: a test did, for everybody. */
  owner: string | undefined;
  /** Events before this one are not kept for a replay. */
  keptFrom = 1;
  /** Accepted messages and the run that answers each: the second sending is told the same. */
  readonly accepted = new Map<MessageId, RunId>();
  readonly regenerated = new Set<RunId>();
  readonly watchers = new Set<(event: LoggedEvent) => void>();

  constructor(id: ConversationId) {
    this.id = id;
    this.state = emptyConversation(id, 0);
  }

  get seq(): number {
    return this.events.length;
  }

  /** The state as a snapshot, this many messages a page. */
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

  append(body: LoggedEventBody): void {
    const place = { conversationId: this.id, seq: this.seq + 1 };
    // A body with its place is an event of the same type; a delta goes without the conversation's id.
    const event = { ...body, ...place } as LoggedEvent;
    if ('at' in body) Reflect.deleteProperty(event, 'conversationId');
    this.events.push(event);
    this.state = fold(this.state, event);
    for (const watch of this.watchers) watch(event);
  }

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

  rate({ messageId, value, comment }: CommandOf<'feedback'>): void {
    const feedback = value === null ? null : { value, ...(comment === undefined ? {} : { comment }) };
    this.append({ type: 'feedback', messageId, feedback });
  }

  startRun(runId: RunId, messageId: MessageId, parentId: MessageId): void {
    this.append({ type: 'run-started', runId, messageId, parentId, startedAtMs: 0 });
  }

  /** Text for the oldest run that is on. @returns whether there was one. */
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

  /** Ends the run, or the oldest that is on. @returns whether there was one. */
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
