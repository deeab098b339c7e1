/** Reads what the gateway answers over plain HTTP: the list of conversations, and any refusal. @see PROTOCOL.md §14 */
import * as v from 'valibot';
import { ChatError, ErrorBodySchema, type ErrorBody } from './errors.ts';
import { ConversationIdSchema } from './ids.ts';
import { describeIssue } from './describe-issue.ts';
import { EpochMsSchema } from './message.ts';

/** One conversation as `GET /v1/conversations` lists it. */
export const ConversationSummarySchema = v.object({
  id: ConversationIdSchema,
  /** null: its first message had no text. */
  title: v.nullable(v.string()),
  /** How its newest message begins, in one line; may be empty. */
  preview: v.string(),
  createdAtMs: EpochMsSchema,
  updatedAtMs: EpochMsSchema,
});
/** One conversation as `GET /v1/conversations` lists it. */
export type ConversationSummary = v.InferOutput<typeof ConversationSummarySchema>;

/** The body of `GET /v1/conversations`. */
export const ConversationListSchema = v.object({ conversations: v.array(ConversationSummarySchema) });

/**
 * Reads the body of `GET /v1/conversations`.
 * @throws {ChatError} internal: the body is not a gateway's
 */
export const readConversationList = (value: unknown): ConversationSummary[] =>
  read(ConversationListSchema, value).conversations;

/**
 * Reads the body of a refused HTTP request.
 * @throws {ChatError} internal: the body is not a gateway's
 */
export const readErrorBody = (value: unknown): ErrorBody => read(ErrorBodySchema, value);

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new ChatError('internal', {
    message: 'The answer was not the gateway’s; try again.',
    cause: new TypeError(describeIssue(result.issues[0])),
  });
}
