/** A visitor's own conversations over plain HTTP: list and search, rename, erase, export. Every request needs a token. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChatError, ConversationIdSchema, type ConversationSummary } from '@rivulet/protocol';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import * as v from 'valibot';
import type { Admission, Admitted } from '../sessions/admission.ts';
import type { Archive } from '../conversations/archive.ts';
import { type Clock, type Limits, describeCause, type Logger, type Metrics, refusal } from '../base/index.ts';
import type { ListedConversation } from '../stores/store.ts';
import { bearerOf, checkSchema, jsonBodyOf } from './body.ts';
import { allowOrigins, clientOf, originOf, type CorsOptions } from './cors.ts';
import { limitBody } from './slow-requests.ts';
import { sendError } from './error-response.ts';
import { addRoutes } from './route-table.ts';
import { limitConnections, type LimitConnectionsOptions } from './limit-connections.ts';

/** What the routes of conversations need. */
export interface ConversationRoutesOptions extends CorsOptions, LimitConnectionsOptions {
  metrics: Metrics;
  admit: Admission;
  archive: Archive;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  /** Creates the `ref` by which an internal error is found in the log. */
  mintRef: () => string;
}

/** The only body is a title. */
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
  /** The `updatedAtMs` of the last conversation of the previous page. */
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}(\.\d{1,6})?$/), v.transform(Number))),
  query: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(MAX_QUERY_CHARS))),
});
const RenameSchema = v.object({ title: v.pipe(v.string(), v.maxLength(1_000)) });

/** Creates `/v1/conversations`, `/v1/conversations/{id}`, `/v1/export` and `/v1/visitor`. @see PROTOCOL.md §14 */
export function createConversationRoutes(options: ConversationRoutesOptions): Router {
  const { archive } = options;
  const router = express.Router();
  const paths = ['/v1/conversations', '/v1/conversations/:id', '/v1/export', '/v1/visitor'];
  router.all(paths, allowOrigins(options), limitConnections(options), readBody(options));
  const admitted = (handler: Handler) => withAdmission(options, handler);

  addRoutes(router, {
    'GET /v1/conversations': admitted(async ({ principal }, request, response) => {
      const { limit, before, query } = checkSchema(ListSchema, request.query, 'query');
      const found = await archive.list(principal, {
        limit,
        ...(before === undefined ? {} : { beforeMs: before }),
        ...(query === undefined ? {} : { query }),
      });
      response.json({ conversations: found.map(summaryOf) });
    }),
    'PATCH /v1/conversations/:id': admitted(async ({ principal }, request, response) => {
      const id = idOf(request);
      const { title } = checkSchema(RenameSchema, jsonBodyOf(request), 'body');
      const { title: name, createdAtMs, updatedAtMs } = await archive.rename(principal, id, title);
      response.json({ id, title: name, createdAtMs, updatedAtMs });
    }),
    'DELETE /v1/conversations/:id': admitted(async ({ principal }, request, response) => {
      await archive.erase(principal, idOf(request));
      response.status(204).end();
    }),
    'GET /v1/export': admitted(async (caller, _request, response) => {
      response.set('Content-Disposition', 'attachment; filename="rivulet-export.json"').type('json');
      await pipeline(Readable.from(exportChunks(options, caller)), response);
    }),
    'DELETE /v1/visitor': admitted(async ({ principal }, _request, response) => {
      response.json({ erased: await archive.eraseAll(principal) });
    }),
  });
  return router;
}

const readBody = (options: ConversationRoutesOptions): RequestHandler[] => [
  limitBody(options),
  express.text({ type: () => true, limit: MAX_BODY_BYTES }),
];

type Handler = (admitted: Admitted, request: Request, response: Response) => Promise<void>;

/** Admits the caller, then calls the handler. An error becomes a typed response, or cuts off a response that has begun. */
function withAdmission(options: ConversationRoutesOptions, handler: Handler): RequestHandler {
  const { admit, logger, metrics, mintRef, refusals } = options;
  return async (request, response) => {
    try {
      const token = bearerOf(request);
      if (token === undefined)
        throw refusal('unauthenticated', 'token-missing', {
          message: 'Send the token in the header Authorization: Bearer.',
        });
      const { site: siteId } = checkSchema(SiteSchema, request.query, 'query');
      await handler(
        await admit({ site: siteId, origin: originOf(request, options), token }),
        request,
        response,
      );
    } catch (error) {
      const known = error instanceof ChatError && error.code !== 'internal';
      const typed = known ? error : new ChatError('internal', { ref: mintRef(), cause: error });
      metrics.rejected.inc({ code: typed.code });
      if (!known && !response.destroyed)
        logger.error({ ref: typed.ref, ...describeCause(error) }, 'a request about conversations failed');
      // The pipeline has destroyed an export that had begun: a clean end would look like a complete file.
      if (!response.headersSent) sendError(response, refusals.report(typed, clientOf(request)));
    }
  };
}

/** @throws {ChatError} `not-found` for an invalid id, as for an unknown one */
function idOf({ params }: Request) {
  const id = v.safeParse(ConversationIdSchema, params.id);
  if (!id.success) throw new ChatError('not-found');
  return id.output;
}

/** Leaves out the owner's id, which may be the site's own identifier of a user. */
function summaryOf({
  id,
  title,
  preview,
  createdAtMs,
  updatedAtMs,
}: ListedConversation): ConversationSummary {
  return { id, title, preview, createdAtMs, updatedAtMs };
}

/** The chunks of one JSON text, one for each conversation: all of them at once may not fit in memory. */
async function* exportChunks(
  { archive, clock }: ConversationRoutesOptions,
  { principal, site: { id: siteId } }: Admitted,
): AsyncGenerator<string> {
  const head = { format: 'rivulet-export', version: 1, site: siteId, visitor: principal.id };
  yield `${JSON.stringify({ ...head, exportedAtMs: clock.now() }).slice(0, -1)},"conversations":[`;
  let separator = '\n';
  for await (const record of archive.readAll(principal)) {
    // The record of the desk is the team's: when they snoozed it, and how long they took.
    const { ownerId: _owner, siteId: _site, isHeld: _hold, desk: _desk, ...conversation } = record;
    yield separator + JSON.stringify(conversation);
    separator = ',\n';
  }
  yield '\n]}\n';
}
