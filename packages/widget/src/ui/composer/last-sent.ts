/** Pure: the text that the Up key restores in the composer. */
import { textOf } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';

/** Text of the last message of the visitor, pending ones included; empty if there is none. */
export function lastSentOf({ conversation, pending }: ChatSnapshot): string {
  const waiting = pending.at(-1);
  if (waiting !== undefined) return textOf({ parts: [...waiting.parts] });
  const sent = conversation.messages.findLast(({ role }) => role === 'user');
  return sent === undefined ? '' : textOf(sent);
}
