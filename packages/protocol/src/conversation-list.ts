/** Reads what the gateway answers over plain HTTP: the list of conversations, and any refusal. */
import type { ConversationList, ConversationSummary } from './conversation-list-schema.ts';
import { ChatError, type ErrorBody } from './errors.ts';
import { Mismatch, readShape } from './read-shape.ts';
import type { Shape } from './shape.ts';
import { CONVERSATION_LIST_SHAPE, ERROR_BODY_SHAPE } from './shapes.ts';

// Each shape is made from the schema whose type stands here.
/** @throws {ChatError} internal: something else has answered */
export const readConversationList = (value: unknown): ConversationSummary[] =>
  (read(CONVERSATION_LIST_SHAPE, value) as ConversationList).conversations;

/** @throws {ChatError} internal: something else has answered */
export const readErrorBody = (value: unknown): ErrorBody => read(ERROR_BODY_SHAPE, value) as ErrorBody;

function read(shape: Shape, value: unknown): unknown {
  try {
    return readShape(shape, value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new ChatError('internal', {
      message: 'The answer was not the gateway’s; try again.',
      cause: error,
    });
  }
}
