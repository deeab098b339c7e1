/** `/v1/holds`: an operator keeps conversations from being erased, and lets them go. */
import { ChatError, ConversationIdSchema } from '@rivulet/protocol';
import express, { type RequestHandler, type Router } from 'express';
import * as v from 'valibot';
import type { Holds } from '../conversations/holds.ts';
import { checkSchema, jsonBodyOf } from './body.ts';
import { handleBodyErrors } from './error-response.ts';
import { answerOperator, type OperatorAnswerOptions } from './operator-answer.ts';
import { onlyOperators, type OperatorOptions } from './operator.ts';
import { addRoutes } from './route-table.ts';

/** What the routes need. */
export interface HoldRoutesOptions extends OperatorOptions, OperatorAnswerOptions {
  holds: Holds;
}

const MAX_BODY_BYTES = 4_096;
const BodySchema = v.strictObject({ conversationId: ConversationIdSchema, reason: v.string() });
const PageSchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1), v.maxValue(1_000)),
    '100',
  ),
  after: v.optional(v.pipe(v.string(), v.maxLength(64)), ''),
});

/** Creates the routes: list, hold (204) and lift (204). @see SECURITY.md */
export function createHoldRoutes(options: HoldRoutesOptions): Router {
  const { holds } = options;
  const router = express.Router();
  const answer = (handler: Parameters<typeof answerOperator>[2]) =>
    answerOperator(options, 'a request about holds failed', handler);
  const guards: Record<string, RequestHandler> = {
    POST: onlyOperators('hold-conversation', options),
    DELETE: onlyOperators('lift-hold', options),
  };
  const list = onlyOperators('list-holds', options);
  router.all(['/v1/holds', '/v1/holds/:id'], (request, response, next) =>
    (guards[request.method] ?? list)(request, response, next),
  );
  // The body is read after the decision: strangers send nothing that is kept.
  router.all('/v1/holds', express.text({ type: () => true, limit: MAX_BODY_BYTES }));
  addRoutes(router, {
    'GET /v1/holds': answer(async (request, response) => {
      response.json({ holds: await holds.list(checkSchema(PageSchema, request.query, 'query')) });
    }),
    'POST /v1/holds': answer(async (request, response) => {
      const { conversationId, reason } = checkSchema(BodySchema, jsonBodyOf(request), 'body');
      await holds.hold(conversationId, reason);
      response.status(204).end();
    }),
    'DELETE /v1/holds/:id': answer(async (request, response) => {
      const id = v.safeParse(ConversationIdSchema, request.params.id);
      if (!id.success) throw new ChatError('not-found');
      await holds.lift(id.output);
      response.status(204).end();
    }),
  });
  router.use(handleBodyErrors);
  return router;
}
