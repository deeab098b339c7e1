/** Tells the moments of a conversation, each once, by comparing its state with what was told before. */
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
 * States are compared, not events: after a reconnect a run's end may come in a snapshot, and then it is told as well. Both
 * collections grow with the conversation that is on screen anyhow.
 */
export class ConversationEvents {
  readonly #emitter: Emitter<ChatEvents>;
  readonly #messages = new Set<MessageId>();
  readonly #runs = new Map<RunId, Run['state']>();
  #hasBaseline: boolean;

  /** @param begins `here`: all of it is news. `stored`: what the first look finds was told on an earlier page. */
  constructor(emitter: Emitter<ChatEvents>, begins: 'here' | 'stored') {
    this.#emitter = emitter;
    this.#hasBaseline = begins === 'here';
  }

  /** Tells what is new in a state that is not in the middle of a catch-up. */
  look(conversation: Conversation): void {
    if (!this.#hasBaseline) this.#takeBaseline(conversation);
    for (const message of conversation.messages) {
      if (message.run === undefined) this.#reportMessage(message);
      else this.#reportRun(message, message.run);
    }
  }

  #takeBaseline({ messages }: Conversation): void {
    this.#hasBaseline = true;
    for (const { id, run } of messages) {
      if (run?.state === 'running') continue; // its end is still to come, and will be told
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
      ...(run.error === undefined ? {} : { error: run.error }),
    });
  }
}
