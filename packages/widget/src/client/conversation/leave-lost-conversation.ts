/** Leaves a conversation that does not exist any more. */
import type { ConversationId } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';

/**
 * Leaves a conversation that was erased or belongs to another visitor, for `next` or an empty one. The visitor cannot act on it, so
 * no error is shown.
 */
export function leaveLostConversation(session: ChatSession, next?: ConversationId): void {
  const { identity, current, awaited, outbox } = session;
  const lost = current.id;
  if (identity.conversationId === lost) identity.forgetConversation();
  current.switchTo(next === undefined ? session.emptyOpening() : { id: next, isStarted: true });
  if (next !== undefined) current.subscribe();
  awaited.clear();
  outbox.moveTo(lost, current.id);
}
