/** Leaves a conversation that does not exist any more. */
import type { ConversationId, RunId } from '@rivulet/protocol';
import type { Identity } from '../identity/identity.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { CurrentConversation, Opening } from './current-conversation.ts';

/** The parts of a session that know the conversation. */
export interface LosingChat {
  identity: Identity;
  current: CurrentConversation;
  /** Runs that were requested and are not in the conversation yet. */
  awaited: Set<RunId>;
  outbox: Outbox;
  /** A new conversation id that the gateway does not know yet. */
  emptyOpening(): Opening;
}

/**
 * Leaves a conversation that was erased or belongs to another visitor, for `next` or an empty one. The visitor cannot act on it, so
 * no error is shown.
 */
export function leaveLostConversation(session: LosingChat, next?: ConversationId): void {
  const { identity, current, awaited, outbox } = session;
  const lost = current.id;
  if (identity.conversationId === lost) identity.forgetConversation();
  current.switchTo(next === undefined ? session.emptyOpening() : { id: next, isStarted: true });
  if (next !== undefined) current.subscribe();
  awaited.clear();
  outbox.moveTo(lost, current.id);
}
