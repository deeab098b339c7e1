/** `POST /v1/revocations`: an operator revokes the tokens of a visitor or user, or one token. */
import express, { type Router } from 'express';
import * as v from 'valibot';
import type { RevocationTarget } from '../access/revocations.ts';
import { checkSchema, jsonBodyOf } from './body.ts';
import { handleBodyErrors } from './error-response.ts';
import { answerOperator, type OperatorAnswerOptions } from './operator-answer.ts';
import { onlyOperators, type OperatorOptions } from './operator.ts';
import { addRoutes } from './route-table.ts';

/** What the route needs. */
export interface RevocationRouteOptions extends OperatorOptions, OperatorAnswerOptions {
  /** Revokes tokens. @see Gateway.revoke */
  revoke: (target: RevocationTarget) => Promise<void>;
}

const MAX_BODY_BYTES = 4_096;
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const BodySchema = v.union([
  v.strictObject({ siteId: text, ownerId: text }),
  v.strictObject({ siteId: text, tokenId: text }),
]);

/** Creates the route: 204 when the tokens are refused from now on. @see SECURITY.md */
export function createRevocationRoute(options: RevocationRouteOptions): Router {
  const router = express.Router();
  // The body is read after the decision: strangers send nothing that is kept.
  router.all(
    '/v1/revocations',
    onlyOperators('revoke-tokens', options),
    express.text({ type: () => true, limit: MAX_BODY_BYTES }),
  );
  addRoutes(router, {
    'POST /v1/revocations': answerOperator(
      options,
      'tokens could not be revoked',
      async (request, response) => {
        await options.revoke(checkSchema(BodySchema, jsonBodyOf(request), 'body'));
        response.status(204).end();
      },
    ),
  });
  router.use(handleBodyErrors);
  return router;
}
