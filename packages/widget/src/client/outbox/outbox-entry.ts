/** A visitor's message on its way to the gateway. */
import type { CommandOf, MessageId, RunId } from '@rivulet/protocol';
import type { PendingMessage } from '../chat.ts';

export type SendMessage = CommandOf<'send-message'>;

/** What the gateway said when it took a message; `runId` is absent where nothing answers, e.g. a person will. */
export interface Acceptance {
  messageId: MessageId;
  runId?: RunId;
}

/** Immutable. */
export interface OutboxEntry {
  readonly command: SendMessage;
  readonly pending: PendingMessage;
  /** It was on a line once: it may have arrived. */
  readonly wasSent: boolean;
  /** It is on the gateway's disk. */
  readonly acceptance?: Acceptance;
}

export function isState({ pending, acceptance }: OutboxEntry, state: PendingMessage['state']): boolean {
  return acceptance === undefined && pending.state === state;
}

export function inState(entry: OutboxEntry, state: PendingMessage['state']): OutboxEntry {
  return { ...entry, pending: { ...withoutError(entry.pending), state } };
}

export function withoutError({ error: _before, ...pending }: PendingMessage): PendingMessage {
  return pending;
}
