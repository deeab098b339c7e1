/** `/v1/webhooks`: an operator sees which deliveries were given up, and has them sent again. */
import express, { type Router } from 'express';
import * as v from 'valibot';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { checkSchema, jsonBodyOf } from './body.ts';
import { handleBodyErrors } from './error-response.ts';
import { answerOperator, type OperatorAnswerOptions } from './operator-answer.ts';
import { onlyOperators, type OperatorOptions } from './operator.ts';
import { addRoutes } from './route-table.ts';

/** What the routes need. */
export interface WebhookRoutesOptions extends OperatorOptions, OperatorAnswerOptions {
  webhooks: Pick<Webhooks, 'listDead' | 'redeliver'>;
}

const MAX_BODY_BYTES = 65_536;
const BodySchema = v.strictObject({
  /** The ids of events. Default: all. */
  ids: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.minLength(1), v.maxLength(500))),
});
const whole = (maximum: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number), v.maxValue(maximum));
const PageSchema = v.object({
  limit: v.optional(v.pipe(whole(1_000), v.minValue(1)), '100'),
  after: v.optional(whole(Number.MAX_SAFE_INTEGER), '0'),
});

/** Creates the routes: list, and redeliver, which answers how many. @see docs/webhooks.md */
export function createWebhookRoutes(options: WebhookRoutesOptions): Router {
  const { webhooks } = options;
  const router = express.Router();
  const answer = (handler: Parameters<typeof answerOperator>[2]) =>
    answerOperator(options, 'a request about webhooks failed', handler);
  router.all('/v1/webhooks/dead-letters', onlyOperators('list-dead-letters', options));
  // The body is read after the decision: strangers send nothing that is kept.
  router.all(
    '/v1/webhooks/redeliver',
    onlyOperators('redeliver-webhooks', options),
    express.text({ type: () => true, limit: MAX_BODY_BYTES }),
  );
  addRoutes(router, {
    'GET /v1/webhooks/dead-letters': answer(async (request, response) => {
      const page = checkSchema(PageSchema, request.query, 'query');
      response.json({ deadLetters: await webhooks.listDead(page) });
    }),
    'POST /v1/webhooks/redeliver': answer(async (request, response) => {
      const { ids } = checkSchema(BodySchema, jsonBodyOf(request), 'body');
      response.json({ redelivered: await webhooks.redeliver(ids) });
    }),
  });
  router.use(handleBodyErrors);
  return router;
}
