/** Records as the columns of a statement: Postgres writes any number of rows with one statement of arrays. */
import type { ConversationId, Message } from '@rivulet/protocol';
import { searchTextOf } from './message-text.ts';
import type { Query } from './postgres-database.ts';
import type { Progress } from './store.ts';

/** Serialises progress for the statement `saveProgress`. @see FUNCTIONS */
export const toProgressJson = (progress: readonly Progress[]): string =>
  JSON.stringify(
    progress.map(({ conversationId, messageId, events }) => ({
      id: conversationId,
      message_id: messageId,
      events: JSON.stringify(events),
    })),
  );

/** Columns: ids, run ids, run states, times, bodies, search texts. Any number of messages is written by one statement. */
export type Rows = readonly [string[], (string | null)[], (string | null)[], number[], string[], string[]];

/** Serialises messages for one statement. */
export function toRows(messages: readonly Message[]): Rows {
  // A statement may write a row only once: the last message of each id counts, at the position of the first.
  const last = [...new Map(messages.map((message) => [message.id, message])).values()];
  return [
    last.map(({ id }) => id),
    last.map(({ run }) => run?.id ?? null),
    last.map(({ run }) => run?.state ?? null),
    last.map(({ createdAtMs }) => createdAtMs),
    last.map((message) => JSON.stringify(message)),
    last.map(searchTextOf),
  ];
}

/** Writes messages, and counts how those of the conversation are rated. @see Store.putMessages */
export async function putRows(
  query: Query,
  { id, rows, nowMs }: { id: ConversationId; rows: Rows; nowMs: number },
): Promise<void> {
  // Scenario: 1. a reply runs, 2. its conversation is erased, 3. the last checkpoint arrives. It must not be written.
  const { count } = await query('touchConversation', [id, nowMs]);
  if (count === 0 || rows[0].length === 0) return;
  await query('putMessages', [id, ...rows]);
  await query('countRatings', [id]);
}
