/** The saved progress of an unfinished answer: the events that are not in its stored message yet. */
import {
  decodeEvents,
  emptyConversation,
  encodeFrame,
  fold,
  isLogged,
  mergeDeltas,
  type ConversationId,
  type LoggedEvent,
  type Message,
} from '@rivulet/protocol';
import type { Progress } from './store.ts';

/** The events as JSON: an array of logged events, adjacent deltas merged. Positions in the log are not known here: they are counted from 1. */
export function encodeProgress({ conversationId, events }: Progress): string {
  const placed = events.map((event, index) => ({ ...event, conversationId, seq: index + 1 }) as LoggedEvent);
  return encodeFrame(mergeDeltas(placed));
}

/** The message with the events added. Those that it includes already change nothing. @param json what `encodeProgress` has made */
export function addProgress(conversationId: ConversationId, message: Message, json: string): Message {
  const stored = { ...emptyConversation(conversationId, 0), messages: [message] };
  const { messages } = decodeEvents(json).items.filter(isLogged).reduce(fold, stored);
  return messages[0] ?? message;
}
