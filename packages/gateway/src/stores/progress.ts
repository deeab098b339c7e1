/** The saved progress of an unfinished answer: the events that are not in its stored message yet. */
import {
  decodeEvents,
  emptyConversation,
  fold,
  isLogged,
  type ConversationId,
  type Message,
} from '@rivulet/protocol';
import * as v from 'valibot';
import type { NamedMessage } from './store.ts';

/**
 * The message with saved events added. Those that it includes already change nothing.
 * @param saved parsed JSON: the `events` of each save, in order
 */
export function addProgress(
  conversationId: ConversationId,
  message: Message,
  saved: readonly (readonly unknown[])[],
): Message {
  // Their positions in the log are not known here, so that they are counted from 1.
  const placed = saved.flat().map((body, index) => ({ ...(body as object), conversationId, seq: index + 1 }));
  const stored = { ...emptyConversation(conversationId, 0), messages: [message] };
  const { messages } = decodeEvents(JSON.stringify(placed)).items.filter(isLogged).reduce(fold, stored);
  return messages[0] ?? message;
}

const NoteSchema = v.object({ type: v.literal('run-note'), note: v.unknown() });

/** The newest note among saved events, as a field of a message that was read by its id. @param saved as for `addProgress` */
export function noteIn(saved: readonly (readonly unknown[])[]): Pick<NamedMessage, 'note'> {
  for (const event of saved.flat().reverse()) {
    const result = v.safeParse(NoteSchema, event);
    if (result.success) return { note: result.output.note };
  }
  return {};
}
