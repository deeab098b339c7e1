/** File routes: upload, download, signed links and removal. @see PROTOCOL.md §14 */
import { ChatError } from '@rivulet/protocol';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Admission, Admitted } from '../sessions/admission.ts';
import { refusal, type Clock, type Limits, type Metrics } from '../base/index.ts';
import { createFileLinks, type FileLinks } from '../files/file-link.ts';
import type { Uploads } from '../conversations/uploads.ts';
import { bearerOf } from './body.ts';
import { allowOrigins, clientOf, originOf, type CorsOptions } from './cors.ts';
import { addRoutes } from './route-table.ts';
import { limitBody } from './slow-requests.ts';
import { sendError, handleBodyErrors } from './error-response.ts';
import { filePartOf, readUpload, sendFile } from './file-exchange.ts';
import { limitConnections, type LimitConnectionsOptions } from './limit-connections.ts';

/** What the file routes need. */
export interface FileRoutesOptions extends CorsOptions, LimitConnectionsOptions {
  metrics: Metrics;
  admit: Admission;
  clock: Clock;
  limits: Limits;
  uploads: Uploads;
  /** Signs the URLs of files. It must be the same on every gateway that shares the file store. */
  secret: string;
}

/**
 * Creates `POST /v1/files`, `GET` and `DELETE /v1/files/{id}` and `POST /v1/files/{id}/link`. These requests are not sessions:
 * each is authenticated by itself.
 */
export function createFileRoutes(options: FileRoutesOptions): Router {
  const router = express.Router();
  const links = createFileLinks(options.secret);
  const routeOptions = { ...options, links };
  router.all(
    ['/v1/files', '/v1/files/:id', '/v1/files/:id/link'],
    allowOrigins(options),
    limitConnections(options),
    limitBody(options, 'file'),
  );
  addRoutes(router, {
    'POST /v1/files': withErrorResponse(uploadFile, routeOptions),
    'GET /v1/files/:id': withErrorResponse(downloadFile, routeOptions),
    'POST /v1/files/:id/link': withErrorResponse(createLink, routeOptions),
    'DELETE /v1/files/:id': withErrorResponse(removeFile, routeOptions),
  });
  router.use('/v1/files', handleBodyErrors);
  return router;
}

interface RouteOptions extends FileRoutesOptions {
  links: FileLinks;
}

interface Exchange {
  request: Request;
  response: Response;
}

type Route = (exchange: Exchange, options: RouteOptions) => Promise<void>;

/** Turns an error of the route into a response. */
const withErrorResponse =
  (route: Route, options: RouteOptions): RequestHandler =>
  async (request, response) => {
    try {
      await route({ request, response }, options);
    } catch (error) {
      refuse({ request, response }, error, options);
    }
  };

/** @throws an error that is not typed, for the last error handler */
function refuse({ request, response }: Exchange, error: unknown, { metrics, refusals }: RouteOptions): void {
  if (response.headersSent || request.socket.destroyed) {
    response.destroy();
    return;
  }
  if (!(error instanceof ChatError) || error.code === 'internal') throw error;
  // Otherwise Node reads the rest of the body to keep the connection alive, which may be gigabytes.
  if (!request.complete) response.set('Connection', 'close');
  metrics.rejected.inc({ code: error.code });
  sendError(response, refusals.report(error, clientOf(request)));
}

const uploadFile: Route = async ({ request, response }, options) => {
  const { principal, site } = await authenticate(request, options);
  const record = await options.uploads.put({ principal, site, ...readUpload(request) });
  const { url, expiresAtMs } = options.links.linkTo(record.id, options.clock.now());
  response.status(201).json({ ...filePartOf(record), url, expiresAtMs });
};

const downloadFile: Route = async ({ request, response }, options) => {
  const id = stringOf(request.params.id);
  const { expires, signature } = request.query;
  if (signature === undefined) {
    const { principal } = await authenticate(request, options);
    await options.uploads.read(principal, 'read-file', id);
  } else if (!options.links.isValid(id, { expires, signature }, options.clock.now()))
    throw new ChatError('forbidden', {
      message: 'This URL has expired or is invalid; request a new one.',
    });
  const file = await options.uploads.open(id);
  if (file === undefined) throw new ChatError('not-found', { message: 'There is no such file.' });
  await sendFile(response, file, 'cross-origin'); // the widget is on pages of other origins
};

const createLink: Route = async ({ request, response }, options) => {
  const { principal } = await authenticate(request, options);
  const { id } = await options.uploads.read(principal, 'link-file', stringOf(request.params.id));
  response.json(options.links.linkTo(id, options.clock.now()));
};

const removeFile: Route = async ({ request, response }, options) => {
  const { principal } = await authenticate(request, options);
  await options.uploads.remove(principal, stringOf(request.params.id));
  response.status(204).end();
};

/** @throws {ChatError} `unauthenticated`, also without a token, because a file needs an owner; `forbidden`, `origin-denied` */
async function authenticate(request: Request, options: RouteOptions): Promise<Admitted> {
  const token = bearerOf(request);
  if (token === undefined) throw refusal('unauthenticated', 'token-missing');
  const site = stringOf(request.query.site);
  return options.admit({ site, origin: originOf(request, options), token });
}

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
