/** Pure: whether the newest answer ends with an offer to ask for a person. */
import type { ChatSnapshot } from '../../client/chat.ts';
import { canAskForPerson, isUnhelpful, saysNothingFound } from './needs-desk.ts';

/**
 * The offer stands below the newest answer when it did not help. It is made for one question: who went on without a person is not asked
 * again until the conversation has been with one, or the gateway says that nothing was found. All viewers, and a later page, find the same.
 */
export function isPersonOffered(snapshot: ChatSnapshot): boolean {
  const { messages, owner } = snapshot.conversation;
  const newest = messages.at(-1);
  if (newest === undefined || snapshot.pending.length > 0 || !canAskForPerson(snapshot)) return false;
  if (newest.run?.state === 'running' || !isUnhelpful(newest)) return false;
  if (saysNothingFound(newest)) return true;
  const sinceMs = owner?.sinceMs ?? 0;
  const first = messages.find((message) => message.createdAtMs >= sinceMs && isUnhelpful(message));
  // All answers to one question have the same parent.
  return first?.parentId === newest.parentId;
}
