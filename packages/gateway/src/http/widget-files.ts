/** The widget's files: the loader that a page names, and the hashed files that it fetches. */
import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router, type Request, type Response } from 'express';

interface StaticFile {
  plain: Buffer;
  gzip: Buffer;
  etag: string;
  type: string;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
};

/** Where the widget's package keeps what a script tag loads. */
export function widgetFolder(): string {
  return fileURLToPath(new URL('.', import.meta.resolve('@rivulet/widget/cdn/rivulet.js')));
}

/**
 * `GET /rivulet.js` and `/rivulet/<file>`: read and compressed once at start, since they are few and small.
 * Any site may load them: that is what they are for.
 * @throws {Error} when the folder is not there (the widget was not built)
 */
export function createWidgetRoutes(folder: string): Router {
  const files = new Map(
    readdirSync(folder)
      .filter((name) => extname(name) in TYPES)
      .map((name) => [name, readStatic(join(folder, name))]),
  );
  const router = Router();
  router.get('/rivulet.js', (request, response) => {
    // Its name never changes, so its content is asked for again every few minutes.
    serve(request, response, { file: files.get('rivulet.js'), cacheControl: 'public, max-age=300' });
  });
  router.get('/rivulet/:file', (request, response) => {
    const name = request.params.file;
    serve(request, response, { file: files.get(name), cacheControl: 'public, max-age=31536000, immutable' });
  });
  return router;
}

interface Served {
  file: StaticFile | undefined;
  cacheControl: string;
}

function readStatic(path: string): StaticFile {
  const plain = readFileSync(path);
  return {
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    type: TYPES[extname(path)] ?? 'application/octet-stream',
  };
}

function serve(request: Request, response: Response, { file, cacheControl }: Served): void {
  if (file === undefined) {
    response.status(404).json({ code: 'not-found', message: 'There is no such file.' });
    return;
  }
  response.set({
    'Content-Type': file.type,
    'Cache-Control': cacheControl,
    ETag: file.etag,
    Vary: 'Accept-Encoding',
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.fresh) {
    response.status(304).end();
  } else if (request.acceptsEncodings('gzip') === 'gzip') {
    response.set('Content-Encoding', 'gzip').end(file.gzip);
  } else response.end(file.plain);
}
