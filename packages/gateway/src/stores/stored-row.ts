/** The rows that the SQL stores read back, checked at the door, and what they stand for. */
import {
  ConversationIdSchema,
  MessageIdSchema,
  MessageSchema,
  RunIdSchema,
  type ConversationId,
  type Message,
} from '@rivulet/protocol';
import * as v from 'valibot';
import { previewOf } from './search-text.ts';
import type { ConversationRecord, ListedConversation } from './store.ts';

const ConversationRowSchema = v.object({
  id: ConversationIdSchema,
  site_id: v.string(),
  owner_id: v.string(),
  title_json: v.pipe(
    v.string(),
    v.transform((json): unknown => JSON.parse(json)),
    v.nullable(v.string()),
  ),
  created_ms: v.number(),
  updated_ms: v.number(),
});
const MessageRowSchema = v.object({ conversation_id: ConversationIdSchema, body: v.string() });

const NewestRowSchema = v.object({ newest_body: v.nullable(v.string()) });

export const KeyRowSchema = v.object({ digest: v.string(), answer_id: MessageIdSchema, run_id: RunIdSchema });
export const OwnerRowSchema = v.object({ site_id: v.string(), owner_id: v.string() });
export const UsageRowSchema = v.object({ input_tokens: v.number(), output_tokens: v.number() });

/** A row of `conversations`. */
export function toConversation(row: unknown): ConversationRecord {
  const { id, site_id, owner_id, title_json, created_ms, updated_ms } = v.parse(ConversationRowSchema, row);
  return {
    id,
    siteId: site_id,
    ownerId: owner_id,
    title: title_json,
    createdAtMs: created_ms,
    updatedAtMs: updated_ms,
  };
}

/** A row of `messages`. It was ours, but maybe a newer version's: the schema turns what is unknown into what this one can show. */
export function toStored(row: unknown): { conversationId: ConversationId; message: Message } {
  const { conversation_id: conversationId, body } = v.parse(MessageRowSchema, row);
  return { conversationId, message: v.parse(MessageSchema, JSON.parse(body)) };
}

/** A row of `conversations` with the body of its newest message. */
export function toSummary(row: unknown): ListedConversation {
  const { newest_body: body } = v.parse(NewestRowSchema, row);
  const newest = body === null ? undefined : v.parse(MessageSchema, JSON.parse(body));
  return { ...toConversation(row), preview: previewOf(newest) };
}
