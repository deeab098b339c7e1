/** A visitor's own conversations over plain HTTP: list and search, rename, erase, export. Each request says who asks. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChatError, ConversationIdSchema, type ConversationSummary } from '@rivulet/protocol';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import * as v from 'valibot';
import type { Admission, Admitted } from '../sessions/admission.ts';
import type { Archive } from '../conversations/archive.ts';
import type { Clock } from '../base/clock.ts';
import { describeCause } from '../base/log-error.ts';
import type { ListedConversation } from '../stores/store.ts';
import { bearerOf, checkSchema, jsonBodyOf } from './body.ts';
import { allowOrigins, originOf, type CorsOptions } from './cors.ts';
import { answerError } from './error-answer.ts';

export interface ConversationRoutesOptions extends CorsOptions {
  admit: Admission;
  archive: Archive;
  clock: Clock;
  mintRef: () => string;
}

const MAX_BODY_BYTES = 4_096;
const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 100;
const MAX_QUERY_CHARS = 200;

const site = v.optional(v.pipe(v.string(), v.maxLength(256)), '');
const SiteSchema = v.object({ site });
const ListSchema = v.object({
  site,
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(MAX_LIMIT)),
    `${DEFAULT_LIMIT}`,
  ),
  /** `updatedAtMs` of the last one that the caller has. */
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}(\.\d{1,6})?$/), v.transform(Number))),
  query: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(MAX_QUERY_CHARS))),
});
const RenameSchema = v.object({ title: v.pipe(v.string(), v.maxLength(1_000)) });

/** `/v1/conversations`, `/v1/conversations/{id}`, `/v1/export`, `/v1/visitor`. @see PROTOCOL.md §14 */
export function createConversationRoutes(options: ConversationRoutesOptions): Router {
  const { archive } = options;
  const router = express.Router();
  const paths = ['/v1/conversations', '/v1/conversations/:id', '/v1/export', '/v1/visitor'];
  router.all(paths, allowOrigins(options), express.text({ type: () => true, limit: MAX_BODY_BYTES }));
  const serve = (answer: Answer) => serveAs(options, answer);

  router.get(
    '/v1/conversations',
    serve(async ({ principal }, request, response) => {
      const { limit, before, query } = checkSchema(ListSchema, request.query, 'query');
      const found = await archive.list(principal, {
        limit,
        ...(before === undefined ? {} : { beforeMs: before }),
        ...(query === undefined ? {} : { query }),
      });
      response.json({ conversations: found.map(shownOf) });
    }),
  );
  router.patch(
    '/v1/conversations/:id',
    serve(async ({ principal }, request, response) => {
      const id = idOf(request);
      const { title } = checkSchema(RenameSchema, jsonBodyOf(request), 'body');
      const { title: name, createdAtMs, updatedAtMs } = await archive.rename(principal, id, title);
      response.json({ id, title: name, createdAtMs, updatedAtMs });
    }),
  );
  router.delete(
    '/v1/conversations/:id',
    serve(async ({ principal }, request, response) => {
      await archive.erase(principal, idOf(request));
      response.status(204).end();
    }),
  );
  router.get(
    '/v1/export',
    serve(async (admitted, _request, response) => {
      response.set('Content-Disposition', 'attachment; filename="rivulet-export.json"').type('json');
      await pipeline(Readable.from(exportOf(options, admitted)), response);
    }),
  );
  router.delete(
    '/v1/visitor',
    serve(async ({ principal }, _request, response) => {
      response.json({ erased: await archive.eraseAll(principal) });
    }),
  );
  return router;
}

type Answer = (admitted: Admitted, request: Request, response: Response) => Promise<void>;

/** Who asks first; what goes wrong is answered as a typed error, or cuts an answer that has begun. */
function serveAs(
  { admit, logger, metrics, mintRef }: ConversationRoutesOptions,
  answer: Answer,
): RequestHandler {
  return async (request, response) => {
    response.set('Cache-Control', 'no-store');
    try {
      const token = bearerOf(request);
      if (token === undefined)
        throw new ChatError('unauthenticated', { message: 'Send the token as Authorization: Bearer.' });
      const { site: asked } = checkSchema(SiteSchema, request.query, 'query');
      await answer(await admit({ site: asked, origin: originOf(request), token }), request, response);
    } catch (error) {
      const known = error instanceof ChatError && error.code !== 'internal';
      const refusal = known ? error : new ChatError('internal', { ref: mintRef(), cause: error });
      metrics.rejected.inc({ code: refusal.code });
      if (!known && !response.destroyed)
        logger.error({ ref: refusal.ref, ...describeCause(error) }, 'a request failed');
      // An export that has begun was cut by its pipeline: a clean end would pass for a whole one.
      if (!response.headersSent) answerError(response, refusal);
    }
  };
}

/** What is none is as good as one that is not there. */
function idOf({ params }: Request) {
  const id = v.safeParse(ConversationIdSchema, params.id);
  if (!id.success) throw new ChatError('not-found');
  return id.output;
}

/** Without the owner's id, which is the site's own word for a person. */
function shownOf({ id, title, preview, createdAtMs, updatedAtMs }: ListedConversation): ConversationSummary {
  return { id, title, preview, createdAtMs, updatedAtMs };
}

/** One JSON text, a conversation at a time: what a visitor has may be more than should be in memory at once. */
async function* exportOf(
  { archive, clock }: ConversationRoutesOptions,
  { principal, site: { id: siteId } }: Admitted,
): AsyncGenerator<string> {
  const head = { format: 'rivulet-export', version: 1, site: siteId, visitor: principal.id };
  yield `${JSON.stringify({ ...head, exportedAtMs: clock.now() }).slice(0, -1)},"conversations":[`;
  let separator = '\n';
  for await (const { ownerId: _asked, siteId: _same, ...conversation } of archive.readAll(principal)) {
    yield separator + JSON.stringify(conversation);
    separator = ',\n';
  }
  yield '\n]}\n';
}
