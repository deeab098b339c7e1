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
export interface Letter {
  readonly command: SendMessage;
  readonly pending: PendingMessage;
  /** It was on a line once: it may have arrived. */
  readonly wasSent: boolean;
  /** It is on the gateway's disk. */
  readonly acceptance?: Acceptance;
}

export function isState({ pending, acceptance }: Letter, state: PendingMessage['state']): boolean {
  return acceptance === undefined && pending.state === state;
}

export function inState(letter: Letter, state: PendingMessage['state']): Letter {
  return { ...letter, pending: { ...withoutError(letter.pending), state } };
}

export function withoutError({ error: _before, ...pending }: PendingMessage): PendingMessage {
  return pending;
}
