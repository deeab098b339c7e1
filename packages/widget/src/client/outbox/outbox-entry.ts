/** A visitor's message on its way to the gateway. */
import {
  mintCommandId,
  mintMessageId,
  type CommandOf,
  type Conversation,
  type MessageId,
  type RandomBytes,
  type RunId,
} from '@rivulet/protocol';
import type { PendingMessage } from '../chat.ts';

/** The command that sends a message. */
export type SendMessage = CommandOf<'send-message'>;

/** The gateway's answer to a message that it accepted. `runId` is absent when no run answers it, for example when an agent will. */
export interface Acceptance {
  messageId: MessageId;
  runId?: RunId;
}

/** A message in the outbox. Immutable. */
export interface OutboxEntry {
  readonly command: SendMessage;
  readonly pending: PendingMessage;
  /** It was sent on a connection: it may have arrived. */
  readonly wasSent: boolean;
  /** It waits until no answer is being written in its conversation. Absent once it is sent. */
  readonly isQueued?: true;
  /** Present once the gateway has stored the message. */
  readonly acceptance?: Acceptance;
}

/** The entry as one that is sent as soon as there is a connection. */
export function unqueued({ isQueued: _before, ...entry }: OutboxEntry): OutboxEntry {
  return entry;
}

/** Whether the entry is not accepted and in the given state. */
export function isState({ pending, acceptance }: OutboxEntry, state: PendingMessage['state']): boolean {
  return acceptance === undefined && pending.state === state;
}

/** The entry in another state, without its error. */
export function inState(entry: OutboxEntry, state: PendingMessage['state']): OutboxEntry {
  return { ...entry, pending: { ...withoutError(entry.pending), state } };
}

/** The pending message without its error, and the wait that came with it. */
export function withoutError({
  error: _before,
  retryAtMs: _wait,
  ...pending
}: PendingMessage): PendingMessage {
  return pending;
}

/** What an outbox tells the other tabs of the browser. */
export type OutboxMessage =
  /** The message must not be sent any more. */
  | { kind: 'gone'; messageId: MessageId }
  /** A message was queued; the tabs show it. What another tab has stored a browser may show to this one only later. */
  | { kind: 'queued'; entry: OutboxEntry };

/** What a new entry is made of. */
export interface NewEntry {
  message: Omit<SendMessage, 'id' | 'type'>;
  /** `queued`: it is sent when no answer is being written any more. */
  when: 'now' | 'queued';
  createdAtMs: number;
}

/** An entry that was never sent. */
export function newEntry({ message, when, createdAtMs }: NewEntry, random: RandomBytes): OutboxEntry {
  const { messageId, parts } = message;
  return {
    command: { type: 'send-message', id: mintCommandId(random), ...message },
    wasSent: false,
    ...(when === 'queued' && { isQueued: true }),
    pending: { messageId, parts, createdAtMs, state: 'waiting' },
  };
}

/** A failed entry as a new one, with new ids: the gateway has rejected the old ones. */
export function retriedEntry({ command, pending }: OutboxEntry, random: RandomBytes): OutboxEntry {
  const messageId = mintMessageId(random);
  return {
    command: { ...command, id: mintCommandId(random), messageId },
    wasSent: false,
    pending: { ...withoutError(pending), messageId, state: 'waiting' },
  };
}

/** The messages of the conversation that are not in it yet: those that are queued, or the others. */
export function shownEntries(
  entries: readonly OutboxEntry[],
  { id, messages }: Conversation,
  which: 'queued' | 'others',
): PendingMessage[] {
  return entries
    .filter(
      ({ command, isQueued = false }) => command.conversationId === id && isQueued === (which === 'queued'),
    )
    .filter(({ command }) => !messages.some((message) => message.id === command.messageId))
    .map(({ pending }) => pending);
}
