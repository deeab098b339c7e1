/** `POST /v1/files`, `GET /v1/files/{id}`, its `link`, and `DELETE`. @see PROTOCOL.md §14 */
import { pipeline } from 'node:stream/promises';
import { ChatError } from '@rivulet/protocol';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Admission, Admitted } from '../sessions/admission.ts';
import type { Clock } from '../base/clock.ts';
import { createFileLinks, type FileLinks } from '../files/file-link.ts';
import type { FileRecord, OpenedFile } from '../files/file-store.ts';
import { isSafeImage, readMediaType } from '../files/file-type.ts';
import type { Uploads } from '../conversations/uploads.ts';
import { bearerOf } from './body.ts';
import { allowOrigins, originOf, type CorsOptions } from './cors.ts';
import { answerError, answerUnreadable } from './error-answer.ts';

export interface FileRoutesOptions extends CorsOptions {
  admit: Admission;
  clock: Clock;
  uploads: Uploads;
  /** Signs addresses; the same on every gateway of a service. */
  secret: string;
}

/** Where files come in and go out; a request over them is nobody's session. */
export function createFileRoutes(options: FileRoutesOptions): Router {
  const router = express.Router();
  const links = createFileLinks(options.secret);
  const route = { ...options, links };
  router.all(['/v1/files', '/v1/files/:id', '/v1/files/:id/link'], allowOrigins(options));
  router.post('/v1/files', answering(receive, route));
  router.get('/v1/files/:id', answering(give, route));
  router.post('/v1/files/:id/link', answering(link, route));
  router.delete('/v1/files/:id', answering(remove, route));
  router.use('/v1/files', answerUnreadable);
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

const answering =
  (route: Route, options: RouteOptions): RequestHandler =>
  async (request, response) => {
    try {
      await route({ request, response }, options);
    } catch (error) {
      refuse({ request, response }, error);
    }
  };

function refuse({ request, response }: Exchange, error: unknown): void {
  if (response.headersSent || request.socket.destroyed) {
    response.destroy();
    return;
  }
  if (!(error instanceof ChatError) || error.code === 'internal') throw error;
  // The rest of a body that nobody reads would be read to its end; the caller may be about to send gigabytes.
  if (!request.complete) response.set('Connection', 'close');
  answerError(response, error);
}

const receive: Route = async ({ request, response }, options) => {
  const { principal, site } = await authenticate(request, options);
  const mediaType = readMediaType(request.get('Content-Type') ?? '');
  if (mediaType === undefined)
    throw new ChatError('bad-frame', { message: 'Content-Type: names the type of the file.' });
  const name = wordOf(request.query.name);
  if (name === '') throw new ChatError('bad-frame', { message: 'name: the name of the file.' });
  const record = await options.uploads.put({
    principal,
    site,
    name,
    mediaType,
    sizeBytes: sizeOf(request),
    // The line must outlive a body that is not read to its end: the refusal goes over it.
    content: request.iterator({ destroyOnReturn: false }),
  });
  const { url, expiresAtMs } = options.links.linkTo(record.id, options.clock.now());
  response
    .status(201)
    .set('Cache-Control', 'no-store')
    .json({ ...partOf(record), url, expiresAtMs });
};

const give: Route = async ({ request, response }, options) => {
  const id = wordOf(request.params.id);
  const { expires, signature } = request.query;
  if (signature === undefined) {
    const { principal } = await authenticate(request, options);
    await options.uploads.read(principal, id);
  } else if (!options.links.isValid(id, { expires, signature }, options.clock.now()))
    throw new ChatError('forbidden', {
      message: 'This address has expired or was changed; ask for another.',
    });
  const file = await options.uploads.open(id);
  if (file === undefined) throw new ChatError('not-found', { message: 'There is no such file.' });
  await send(response, file);
};

const link: Route = async ({ request, response }, options) => {
  const { principal } = await authenticate(request, options);
  const { id } = await options.uploads.read(principal, wordOf(request.params.id));
  response.set('Cache-Control', 'no-store').json(options.links.linkTo(id, options.clock.now()));
};

const remove: Route = async ({ request, response }, options) => {
  const { principal } = await authenticate(request, options);
  await options.uploads.remove(principal, wordOf(request.params.id));
  response.status(204).end();
};

/** @throws {ChatError} unauthenticated: without a token nobody would own the file; forbidden, origin-denied */
async function authenticate(request: Request, { admit }: RouteOptions): Promise<Admitted> {
  const token = bearerOf(request);
  if (token === undefined) throw new ChatError('unauthenticated');
  return admit({ site: wordOf(request.query.site), origin: originOf(request), token });
}

/** A quarter of an hour spares a scrolling transcript the same image; what was erased is gone from there soon. */
const CACHE_SECONDS = 900;

/** Whatever it is, it must not become a page of the gateway's origin. */
async function send(response: Response, { record, content }: OpenedFile): Promise<void> {
  const { name, mediaType, sizeBytes } = record;
  const isShown = isSafeImage(mediaType);
  response.status(200).set({
    'Content-Type': mediaType,
    'Content-Length': `${sizeBytes}`,
    'Content-Disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(name)}`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'cross-origin', // the widget is on pages of other origins
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': `private, max-age=${CACHE_SECONDS}`,
  });
  await pipeline(content, response);
}

/** RFC 5987: what encodeURIComponent leaves as it is and a header parameter does not allow. */
const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const partOf = ({ id: fileId, name, mediaType, sizeBytes }: FileRecord) => ({
  fileId,
  name,
  mediaType,
  sizeBytes,
});

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function sizeOf(request: Request): number | undefined {
  const length = request.get('Content-Length') ?? '';
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
