/** The reply of a running run: turns provider events into logged events and keeps the folded message for the store. */
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

/** A provider event that adds content to the reply. */
export type Content = Exclude<ProviderEvent, { type: 'response-started' | 'finished' }>;

const DELTAS = { text: 'text-delta', reasoning: 'reasoning-delta' } as const;

/** The reply of one run. Its message always includes every event that it has returned. */
export class Reply {
  #message: Message;
  /** The conversation that the reply belongs to. */
  readonly conversationId: ConversationId;

  /** @param answer the assistant message as stored; empty for a new run. */
  constructor(conversationId: ConversationId, answer: Message) {
    this.conversationId = conversationId;
    this.#message = answer;
  }

  /** The message as a viewer at the head of the event log sees it. */
  get message(): Message {
    return this.#message;
  }

  /** The text of the message, without reasoning and tool calls. */
  get text(): string {
    return textOf(this.#message);
  }

  /** Adds content. @returns the events that describe the change, in order; they are folded into the message already. */
  add(content: Content): LoggedEventBody[] {
    const events = this.#eventsOf(content);
    for (const event of events) this.fold(event);
    return events;
  }

  /** Applies an event to the message. */
  fold(event: LoggedEventBody): void {
    // The fold depends on neither the sequence number nor the conversation here: the state holds this one message.
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

  /** A model may interleave the inputs of several calls: the delta goes to the part of its own call. */
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

  /** Finishes the previous part and starts the next one with the value that is known so far. */
  #open(value: Part): LoggedEventBody[] {
    const index = this.#message.parts.length;
    const before: LoggedEventBody[] =
      index === 0 ? [] : [{ type: 'part-finished', partId: partIdOf(this.#message.id, index - 1) }];
    return [...before, { type: 'part-started', partId: partIdOf(this.#message.id, index), value }];
  }
}
