/** What `GET /v1/conversations` answers, and how any refusal over plain HTTP is read. @see PROTOCOL.md §14 */
import * as v from 'valibot';
import { ChatError, ErrorBodySchema, type ErrorBody } from './errors.ts';
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

const ListSchema = v.object({ conversations: v.array(ConversationSummarySchema) });

/** @throws {ChatError} internal: something else has answered */
export const readConversationList = (value: unknown): ConversationSummary[] =>
  read(ListSchema, value).conversations;

/** @throws {ChatError} internal: something else has answered */
export const readErrorBody = (value: unknown): ErrorBody => read(ErrorBodySchema, value);

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new ChatError('internal', { message: 'The answer was not the gateway’s; try again.' });
}
