/** What one connection receives: the events in order, and for each conversation the state that they make. */
import {
  applyEvent,
  isLogged,
  joinSnapshot,
  type ChatEvent,
  type ConversationId,
  type Decoded,
  type LoggedEvent,
  type Message,
  type View,
} from '../index.ts';
import { BrokenPromise } from './broken-promise.ts';

/** The part of a message in which a delta or a part stands: `<message id>.<index>`. */
const messageOf = (partId: string): string => partId.slice(0, partId.lastIndexOf('.'));

/** Records what comes. */
export class Recording {
  /** Every event, in the order in which it came. */
  readonly events: ChatEvent[] = [];
  /** The state of each conversation that has been shown completely. */
  readonly views = new Map<ConversationId, View>();
  readonly #pages = new Map<ConversationId, View>();
  readonly #waiting = new Set<() => void>();
  readonly #timeoutMs: number;
  #failure: Error | undefined;
  #closeCode: number | undefined;

  /** @param timeoutMs how long `next` and `until` wait */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Records a frame. What cannot be read, or leaves a gap, fails every later wait. */
  record(decode: () => Decoded<ChatEvent>): void {
    try {
      for (const event of decode().items) this.#apply(event);
    } catch (error) {
      this.#failure ??= new BrokenPromise(`a frame of the server: ${String(error)}`);
    }
    for (const check of this.#waiting) check();
  }

  /** The connection is closed: what is waited for does not come any more. */
  end(code: number): void {
    this.#closeCode = code;
    for (const check of this.#waiting) check();
  }

  /** The first event, from an index on, for which the condition holds. @throws {BrokenPromise} when none comes */
  async next(isIt: (event: ChatEvent) => boolean, what: string, from = 0): Promise<ChatEvent> {
    let found: ChatEvent | undefined;
    await this.until(() => (found = this.events.slice(from).find(isIt)) !== undefined, what);
    if (found === undefined) throw new BrokenPromise(`expected ${what}`); // `until` has found it
    return found;
  }

  /** Resolves when the condition holds; it is tried after each frame. @throws {BrokenPromise} when it does not come true */
  until(isTrue: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        end();
      };
      const fail = (why: string) => {
        settle(() => {
          reject(this.#failure ?? new BrokenPromise(`expected ${what}, and ${why}`));
        });
      };
      const timer = setTimeout(() => {
        fail(`nothing came within ${this.#timeoutMs} ms`);
      }, this.#timeoutMs);
      const check = () => {
        if (this.#failure === undefined && isTrue()) settle(resolve);
        else if (this.#failure !== undefined) fail('the server sent something else');
        else if (this.#closeCode !== undefined) fail(`the connection was closed with ${this.#closeCode}`);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** The state of a conversation. @throws {BrokenPromise} when it has not been shown completely */
  viewOf(conversationId: ConversationId): View {
    const view = this.views.get(conversationId);
    if (view === undefined) throw new BrokenPromise('the conversation was not sent');
    return view;
  }

  /** The message that answers a question; undefined before it has begun. */
  answerTo(conversationId: ConversationId, questionId: string): Message | undefined {
    const messages = this.views.get(conversationId)?.conversation.messages ?? [];
    return messages.find(({ role, parentId }) => role === 'assistant' && parentId === questionId);
  }

  /** The logged events of one message, in order. */
  eventsOf(message: { id: string; run?: { id: string } | undefined }): LoggedEvent[] {
    return this.events.filter(isLogged).filter((event) => {
      if ('partId' in event) return messageOf(event.partId) === message.id;
      return 'runId' in event && event.runId === message.run?.id;
    });
  }

  #apply(event: ChatEvent): void {
    this.events.push(event);
    if (event.type === 'snapshot') {
      const { conversationId } = event;
      const pages = joinSnapshot(this.#pages.get(conversationId), event);
      this.#pages.set(conversationId, pages);
      if (event.isLast) this.views.set(conversationId, pages);
    } else if (isLogged(event)) this.#applyLogged(event);
  }

  /** A delta names its part alone, so it belongs to the conversation that has its message. */
  #applyLogged(event: LoggedEvent): void {
    const id = 'conversationId' in event ? event.conversationId : this.#conversationOf(event.partId);
    const view = id === undefined ? undefined : this.views.get(id);
    if (id === undefined || view === undefined) return;
    const applied = applyEvent(view, event);
    if (applied.kind === 'gap')
      throw new BrokenPromise(
        `after seq ${view.position.seq} came ${event.first ?? event.seq}: an event is missing (§5.1)`,
      );
    if (applied.kind === 'applied') this.views.set(id, applied.view);
  }

  #conversationOf(partId: string): ConversationId | undefined {
    const messageId = messageOf(partId);
    for (const [id, { conversation }] of this.views)
      if (conversation.messages.some((message) => message.id === messageId)) return id;
    return undefined;
  }
}
