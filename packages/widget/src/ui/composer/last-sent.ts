/** Pure: the words that Up brings back into the composer. */
import { textOf } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';

/** What the visitor said last, or is about to have said. */
export function lastSentOf({ conversation, pending }: ChatSnapshot): string {
  const waiting = pending.at(-1);
  if (waiting !== undefined) return textOf({ parts: [...waiting.parts] });
  const sent = conversation.messages.findLast(({ role }) => role === 'user');
  return sent === undefined ? '' : textOf(sent);
}
