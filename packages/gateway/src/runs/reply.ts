/** What a run has written so far: provider events in, logged events out, and the folded copy that the store is given. */
import {
  emptyConversation,
  fold,
  partIdOf,
  textOf,
  type ConversationId,
  type DeltaEvent,
  type LoggedEvent,
  type LoggedEventBody,
  type Message,
  type Part,
} from '@rivulet/protocol';
import type { ProviderEvent } from '../providers/provider.ts';

/** A provider event that adds to the answer. */
export type Content = Exclude<ProviderEvent, { type: 'response-started' | 'finished' }>;

const DELTAS = { text: 'text-delta', reasoning: 'reasoning-delta' } as const;

export class Reply {
  #message: Message;
  readonly conversationId: ConversationId;

  constructor(conversationId: ConversationId, answer: Message) {
    this.conversationId = conversationId;
    this.#message = answer;
  }

  /** The message as a viewer at the head of the log has it. */
  get message(): Message {
    return this.#message;
  }

  get text(): string {
    return textOf(this.#message);
  }

  /** The events that add `content`; they are folded in already. */
  add(content: Content): LoggedEventBody[] {
    const events = this.#eventsOf(content);
    for (const event of events) this.fold(event);
    return events;
  }

  fold(event: LoggedEventBody): void {
    // The fold looks at neither place nor conversation: one message is all that this state holds.
    const placed = { ...event, conversationId: this.conversationId, seq: 1 } as LoggedEvent;
    const state = { ...emptyConversation(this.conversationId, 0), messages: [this.#message] };
    this.#message = fold(state, placed).messages[0] ?? this.#message;
  }

  #eventsOf(content: Content): LoggedEventBody[] {
    switch (content.type) {
      case 'text-delta':
        return this.#grow('text', content.text, { type: 'text', text: content.text });
      case 'reasoning-delta':
        return this.#grow('reasoning', content.text, { type: 'reasoning', text: content.text });
      case 'tool-call-started': {
        const { callId, name } = content;
        return this.#open({ type: 'tool', callId, name, state: 'input', inputText: '' });
      }
      case 'tool-call-delta':
        return this.#growTool(content);
      case 'data':
        return this.#open({ type: 'data', name: content.name, value: content.value });
      case 'source': {
        const { type: _type, ...source } = content;
        return this.#open({ type: 'source', ...source });
      }
    }
  }

  #grow(type: 'text' | 'reasoning', text: string, first: Part): LoggedEventBody[] {
    const index = this.#message.parts.length - 1;
    const part = this.#message.parts[index];
    if (part?.type !== type) return this.#open(first);
    return [this.#delta(index, { type: DELTAS[type], at: part.text.length, text })];
  }

  /** Calls may be written in turns: the piece goes to the part of its own call. */
  #growTool({ callId, text }: Extract<Content, { type: 'tool-call-delta' }>): LoggedEventBody[] {
    const index = this.#message.parts.findLastIndex((part) => part.type === 'tool' && part.callId === callId);
    const part = this.#message.parts[index];
    return part?.type === 'tool'
      ? [this.#delta(index, { type: 'tool-delta', at: part.inputText.length, text })]
      : [];
  }

  #delta(index: number, delta: { type: DeltaEvent['type']; at: number; text: string }): LoggedEventBody {
    return { ...delta, partId: partIdOf(this.#message.id, index) };
  }

  /** Ends the part before and starts the next with what it already has. */
  #open(value: Part): LoggedEventBody[] {
    const index = this.#message.parts.length;
    const before: LoggedEventBody[] =
      index === 0 ? [] : [{ type: 'part-finished', partId: partIdOf(this.#message.id, index - 1) }];
    return [...before, { type: 'part-started', partId: partIdOf(this.#message.id, index), value }];
  }
}
