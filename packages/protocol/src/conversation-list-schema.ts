/** What `GET /v1/conversations` answers. @see PROTOCOL.md §14 */
import * as v from 'valibot';
import { ConversationIdSchema } from './ids.ts';
import { EpochMsSchema } from './message.ts';

export const ConversationSummarySchema = v.object({
  id: ConversationIdSchema,
  /** null: its first message had no text. */
  title: v.nullable(v.string()),
  /** How its newest message begins, in one line; may be empty. */
  preview: v.string(),
  createdAtMs: EpochMsSchema,
  updatedAtMs: EpochMsSchema,
});
/** A conversation as a list shows it. */
export type ConversationSummary = v.InferOutput<typeof ConversationSummarySchema>;

export const ConversationListSchema = v.object({ conversations: v.array(ConversationSummarySchema) });
export type ConversationList = v.InferOutput<typeof ConversationListSchema>;
