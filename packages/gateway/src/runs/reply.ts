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
  type PartId,
} from '@rivulet/protocol';
import type { ProviderEvent } from '../providers/provider.ts';

/** A provider event that adds content to the reply. */
export type Content = Exclude<ProviderEvent, { type: 'response-started' | 'finished' }>;

const DELTAS = { text: 'text-delta', reasoning: 'reasoning-delta' } as const;

type DeltaBody = Extract<LoggedEventBody, { at: number }>;

/** What the next content has to know of a part: reading it from the message would fold every delta. */
interface OpenPart {
  partId: PartId;
  type: Part['type'];
  /** Of a tool call. */
  callId: string | undefined;
  /** UTF-16 units of its text so far. */
  length: number;
}

/** The index in the id of a part has at most four digits. */
export const MAX_PARTS = 10_000;

/** The reply of one run. Its message always includes every event that it has returned. */
export class Reply {
  /** Without the deltas in `#unfolded`. */
  #message: Message;
  #parts: OpenPart[];
  #isFull = false;
  /** Adjacent deltas of one part. They are folded together when the message is read, which is far less often than they come. */
  #unfolded: { first: DeltaBody; texts: string[] } | undefined;
  /** The conversation that the reply belongs to. */
  readonly conversationId: ConversationId;

  /** @param answer the assistant message as stored; empty for a new run. */
  constructor(conversationId: ConversationId, answer: Message) {
    this.conversationId = conversationId;
    this.#message = answer;
    this.#parts = partsOf(answer);
  }

  /** The message as a viewer at the head of the event log sees it. */
  get message(): Message {
    this.#foldDeltas();
    return this.#message;
  }

  /** Whether content was dropped that needed another part than the `MAX_PARTS` that the message has. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** The text of the message, without reasoning and tool calls. */
  get text(): string {
    return textOf(this.message);
  }

  /**
   * Adds content, or drops it when it needs more than `MAX_PARTS` parts.
   * @returns the events that describe the change, in order; they are in the message already
   */
  add(content: Content): LoggedEventBody[] {
    switch (content.type) {
      case 'text-delta':
        return this.#grow('text', content);
      case 'reasoning-delta':
        return this.#grow('reasoning', content);
      case 'text-was-reasoning':
        return this.#becomeReasoning();
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

  /** Applies an event to the message. */
  fold(event: LoggedEventBody): void {
    this.#foldNow(event);
    this.#parts = partsOf(this.#message);
  }

  #foldNow(event: LoggedEventBody): void {
    this.#foldDeltas();
    // The fold depends on neither the sequence number nor the conversation here: the state holds this one message.
    const placed = { ...event, conversationId: this.conversationId, seq: 1 } as LoggedEvent;
    const state = { ...emptyConversation(this.conversationId, 0), messages: [this.#message] };
    this.#message = fold(state, placed).messages[0] ?? this.#message;
  }

  #foldDeltas(): void {
    if (this.#unfolded === undefined) return;
    const { first, texts } = this.#unfolded;
    this.#unfolded = undefined;
    this.#foldNow({ ...first, text: texts.join('') });
  }

  #grow(type: 'text' | 'reasoning', { text }: { text: string }): LoggedEventBody[] {
    const part = this.#parts.at(-1);
    return part?.type === type ? [this.#delta(part, DELTAS[type], text)] : this.#open({ type, text });
  }

  /** Viewers may have the text already, so the parts are replaced. */
  #becomeReasoning(): LoggedEventBody[] {
    const { id: messageId, parts } = this.message;
    const last = parts.at(-1);
    if (last?.type !== 'text') return [];
    const reasoning: Part = { type: 'reasoning', text: last.text.trim() };
    const updated: LoggedEventBody = { type: 'message-updated', messageId, parts: parts.with(-1, reasoning) };
    this.fold(updated);
    return [updated];
  }

  /** A model may interleave the inputs of several calls: the delta goes to the part of its own call. */
  #growTool({ callId, text }: Extract<Content, { type: 'tool-call-delta' }>): LoggedEventBody[] {
    const part = this.#parts.findLast((one) => one.type === 'tool' && one.callId === callId);
    return part === undefined ? [] : [this.#delta(part, 'tool-delta', text)];
  }

  #delta(part: OpenPart, type: DeltaEvent['type'], text: string): DeltaBody {
    const delta = { type, partId: part.partId, at: part.length, text };
    part.length += text.length;
    if (this.#unfolded?.first.partId === part.partId) this.#unfolded.texts.push(text);
    else {
      this.#foldDeltas();
      this.#unfolded = { first: delta, texts: [text] };
    }
    return delta;
  }

  /** Finishes the previous part and starts the next one with the value that is known so far. */
  #open(value: Part): LoggedEventBody[] {
    if (this.#parts.length === MAX_PARTS) {
      this.#isFull = true;
      return [];
    }
    const before = this.#parts.at(-1);
    const partId = partIdOf(this.#message.id, this.#parts.length);
    this.#parts.push(openPartOf(value, partId));
    const started: LoggedEventBody = { type: 'part-started', partId, value };
    this.#foldNow(started);
    return before === undefined ? [started] : [{ type: 'part-finished', partId: before.partId }, started];
  }
}

const partsOf = ({ id, parts }: Message): OpenPart[] =>
  parts.map((part, index) => openPartOf(part, partIdOf(id, index)));

function openPartOf(part: Part, partId: PartId): OpenPart {
  const text = part.type === 'text' || part.type === 'reasoning' ? part.text : '';
  const { length } = part.type === 'tool' ? part.inputText : text;
  return { partId, type: part.type, callId: part.type === 'tool' ? part.callId : undefined, length };
}
