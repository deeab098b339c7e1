/** Validates the rows that the SQL stores read for retention, and converts them. */
import { ConversationIdSchema, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import type { ExpiredConversation, Hold } from './retention.ts';

const ExpiredRowSchema = v.object({ id: ConversationIdSchema, site_id: v.string(), owner_id: v.string() });
const ErasedRowSchema = v.object({ conversation_id: ConversationIdSchema });
const HoldRowSchema = v.object({
  id: ConversationIdSchema,
  site_id: v.string(),
  held_ms: v.number(),
  hold_reason_json: v.pipe(v.string(), v.parseJson(), v.string()),
});

/** Converts a row of a conversation that is old. */
export function toExpired(row: unknown): ExpiredConversation {
  const { id, site_id: siteId, owner_id: ownerId } = v.parse(ExpiredRowSchema, row);
  return { id, siteId, ownerId };
}

/** Converts a row of `erased`. */
export const toErased = (row: unknown): ConversationId => v.parse(ErasedRowSchema, row).conversation_id;

/** Converts a row of a conversation that is held. */
export function toHold(row: unknown): Hold {
  const { id, site_id: siteId, held_ms: sinceMs, hold_reason_json: reason } = v.parse(HoldRowSchema, row);
  return { conversationId: id, siteId, sinceMs, reason };
}
