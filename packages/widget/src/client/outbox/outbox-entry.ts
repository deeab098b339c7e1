/** A visitor's message on its way to the gateway. */
import type { CommandOf, MessageId, RunId } from '@rivulet/protocol';
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
  /** Present once the gateway has stored the message. */
  readonly acceptance?: Acceptance;
}

/** Whether the entry is not accepted and in the given state. */
export function isState({ pending, acceptance }: OutboxEntry, state: PendingMessage['state']): boolean {
  return acceptance === undefined && pending.state === state;
}

/** The entry in another state, without its error. */
export function inState(entry: OutboxEntry, state: PendingMessage['state']): OutboxEntry {
  return { ...entry, pending: { ...withoutError(entry.pending), state } };
}

/** The pending message without its error. */
export function withoutError({ error: _before, ...pending }: PendingMessage): PendingMessage {
  return pending;
}
