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
  /** For the attribute `integrity`. */
  integrity: string;
}

/** What a page needs to accept these files and no others. Paths are the gateway's. */
export interface WidgetIntegrity {
  /** The loader under a name that changes with its content. */
  script: string;
  /** Of the loader. */
  integrity: string;
  /** Of each module that it may fetch: for the `integrity` of an import map. */
  modules: Record<string, string>;
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
 * `GET /rivulet.js`, the same as `/rivulet-<hash>.js`, and `/rivulet/<file>`: read and compressed once at start, since they
 * are few and small. `/rivulet/integrity.json` has the hashes. Any site may load them: that is what they are for.
 * @throws {Error} when the folder is not there (the widget was not built)
 */
export function createWidgetRoutes(folder: string): Router {
  const files = new Map(
    readdirSync(folder)
      .filter((name) => extname(name) in TYPES)
      .map((name) => [name, readStatic(join(folder, name))]),
  );
  const loader = files.get('rivulet.js');
  const integrity = integrityOf(files);
  const hashes = toStatic(Buffer.from(JSON.stringify(integrity, null, 2)), '.json');
  const router = Router();
  router.get('/rivulet.js', (request, response) => {
    serve(request, response, { file: loader, cacheControl: SOON });
  });
  router.get('/rivulet-:hash.js', (request, response) => {
    // A loader of another version has a name that is not known here, rather than content that its page refuses.
    const file = request.path === integrity.script ? loader : undefined;
    serve(request, response, { file, cacheControl: FOREVER });
  });
  router.get('/rivulet/integrity.json', (request, response) => {
    serve(request, response, { file: hashes, cacheControl: SOON });
  });
  router.get('/rivulet/:file', (request, response) => {
    serve(request, response, { file: files.get(request.params.file), cacheControl: FOREVER });
  });
  return router;
}

/** A name that never changes: its content is asked for again every few minutes. */
const SOON = 'public, max-age=300';
const FOREVER = 'public, max-age=31536000, immutable';
/** Of the hash, in the loader's name: 64 bits keep versions apart; `integrity` has the whole of it. */
const NAME_HASH_LENGTH = 16;

function integrityOf(files: ReadonlyMap<string, StaticFile>): WidgetIntegrity {
  const loader = files.get('rivulet.js');
  if (loader === undefined) throw new Error('The widget has no rivulet.js: it was not built.');
  const hash = createHash('sha384').update(loader.plain).digest('hex').slice(0, NAME_HASH_LENGTH);
  const modules = [...files].filter(([name]) => name.endsWith('.js') && name !== 'rivulet.js');
  return {
    script: `/rivulet-${hash}.js`,
    integrity: loader.integrity,
    modules: Object.fromEntries(modules.map(([name, { integrity }]) => [`/rivulet/${name}`, integrity])),
  };
}

interface Served {
  file: StaticFile | undefined;
  cacheControl: string;
}

const readStatic = (path: string): StaticFile => toStatic(readFileSync(path), extname(path));

function toStatic(plain: Buffer, extension: string): StaticFile {
  return {
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    type: TYPES[extension] ?? 'application/octet-stream',
    integrity: `sha384-${createHash('sha384').update(plain).digest('base64')}`,
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
