/** Validates the rows that the SQL stores read and converts them to records. */
import {
  ConversationIdSchema,
  MessageIdSchema,
  MessageSchema,
  RunIdSchema,
  type ConversationId,
  type Message,
} from '@rivulet/protocol';
import * as v from 'valibot';
import { previewOf } from './message-text.ts';
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

/** A row of `keys`. */
export const KeyRowSchema = v.object({ digest: v.string(), answer_id: MessageIdSchema, run_id: RunIdSchema });
/** The owner columns of `conversations`. */
export const OwnerRowSchema = v.object({ site_id: v.string(), owner_id: v.string() });
/** A sum over `usage`. */
export const UsageRowSchema = v.object({ input_tokens: v.number(), output_tokens: v.number() });

/** Converts a row of `conversations`. */
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

/**
 * Converts a row of `messages`. A newer gateway may have written it: the schema turns unknown parts into parts that this
 * version can show.
 */
export function toStored(row: unknown): { conversationId: ConversationId; message: Message } {
  const { conversation_id: conversationId, body } = v.parse(MessageRowSchema, row);
  return { conversationId, message: v.parse(MessageSchema, JSON.parse(body)) };
}

/** Converts a row of `conversations` with the body of its newest message. */
export function toSummary(row: unknown): ListedConversation {
  const { newest_body: body } = v.parse(NewestRowSchema, row);
  const newest = body === null ? undefined : v.parse(MessageSchema, JSON.parse(body));
  return { ...toConversation(row), preview: previewOf(newest) };
}
