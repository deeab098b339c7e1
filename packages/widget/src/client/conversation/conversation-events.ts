/** Emits the events of a conversation (`message`, `run-start`, `run-end`, `owner-change`), each once. */
import {
  textOf,
  type Conversation,
  type Message,
  type MessageId,
  type Run,
  type RunId,
} from '@rivulet/protocol';
import type { ChatEvents } from '../chat.ts';
import type { Emitter } from '../environment/emitter.ts';

/**
 * Compares the state of the conversation with what was reported before. It reads states and not the events of the log, because
 * after a reconnect the end of a run may arrive in a snapshot. Both collections are bounded by the messages on screen.
 */
export class ConversationEvents {
  readonly #emitter: Emitter<ChatEvents>;
  readonly #messages = new Set<MessageId>();
  readonly #runs = new Map<RunId, Run['state']>();
  /** The number of the owner that was reported; 0: nobody but the model has ever answered. */
  #ownerNumber = 0;
  #hasBaseline: boolean;

  /**
   * @param origin `new`: everything is reported. `stored`: what the first `update` finds was reported on an earlier page, except
   * runs that are still going
   */
  constructor(emitter: Emitter<ChatEvents>, origin: 'new' | 'stored') {
    this.#emitter = emitter;
    this.#hasBaseline = origin === 'new';
  }

  /** Emits what is new in `conversation`. Call it only with a complete state, not during a catch-up. */
  update(conversation: Conversation): void {
    if (!this.#hasBaseline) this.#takeBaseline(conversation);
    for (const message of conversation.messages) {
      if (message.run === undefined) this.#reportMessage(message);
      else this.#reportRun(message, message.run);
    }
    const { owner } = conversation;
    if (owner === undefined || owner.number <= this.#ownerNumber) return;
    this.#ownerNumber = owner.number;
    this.#emitter.emit('owner-change', { owner });
  }

  #takeBaseline({ messages, owner }: Conversation): void {
    this.#hasBaseline = true;
    this.#ownerNumber = owner?.number ?? 0;
    for (const { id, run } of messages) {
      if (run?.state === 'running') continue; // its events are still to be emitted
      this.#messages.add(id);
      if (run !== undefined) this.#runs.set(run.id, 'finished');
    }
  }

  #reportMessage(message: Message): void {
    if (this.#messages.has(message.id)) return;
    this.#messages.add(message.id);
    this.#emitter.emit('message', { message });
  }

  #reportRun(message: Message, run: Run): void {
    const reported = this.#runs.get(run.id);
    if (reported === run.state) return;
    this.#runs.set(run.id, run.state);
    if (reported === undefined) this.#emitter.emit('run-start', { runId: run.id, messageId: message.id });
    if (run.state === 'running') return;
    this.#reportMessage(message);
    this.#emitter.emit('run-end', {
      runId: run.id,
      reason: run.reason ?? 'error',
      text: textOf(message),
      error: run.error,
    });
  }
}
