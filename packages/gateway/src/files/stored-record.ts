/** The record of a file as it is stored beside its content: JSON. */
import { ConversationIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import type { FileRecord } from './file-store.ts';

const RecordSchema = v.object({
  id: v.string(),
  siteId: v.string(),
  ownerId: v.string(),
  name: v.string(),
  mediaType: v.string(),
  createdAtMs: v.number(),
  sizeBytes: v.number(),
  conversationId: v.optional(ConversationIdSchema),
});

/** Reads a record. @throws {Error} when the text is not one */
export function parseRecord(text: string): FileRecord {
  const { conversationId, ...record } = v.parse(RecordSchema, JSON.parse(text));
  return conversationId === undefined ? record : { ...record, conversationId };
}
