/** Serves the widget's files: the loader that a page references, and the hashed modules that the loader imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router, type Request, type Response } from 'express';
import { addRoutes } from './route-table.ts';

interface StaticFile {
  plain: Buffer;
  gzip: Buffer;
  etag: string;
  type: string;
  /** The value of an `integrity` attribute: `sha384-…`. */
  integrity: string;
}

/** The body of `/rivulet/integrity.json`: what a page needs to pin exactly these files. Paths are relative to the router. */
export interface WidgetIntegrity {
  /** The path of the loader under a name that changes with its content. */
  script: string;
  /** The hash of the loader, as the value of an `integrity` attribute. */
  integrity: string;
  /** The hash of each module that the loader may import, by path: the `integrity` of an import map. */
  modules: Record<string, string>;
}

/** The widget's files cannot be served. The message names the folder and says what to do. */
export class WidgetFilesError extends Error {
  override readonly name = 'WidgetFilesError';
  /** The folder that was read. */
  readonly folder: string;

  constructor(folder: string, problem: string, cause?: unknown) {
    super(
      `The widget folder ${folder} ${problem}. Build the widget or set \`widgetFolder\` to a folder that contains rivulet.js.`,
      { cause },
    );
    this.folder = folder;
  }
}

/** The content types of the files that are served; files with other extensions are not. */
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** The path of the folder in `@rivulet/widget` that contains the files of the script tag. */
export function widgetFolder(): string {
  return fileURLToPath(new URL('.', import.meta.resolve('@rivulet/widget/cdn/rivulet.js')));
}

/**
 * Creates the routes `GET /rivulet.js`, the same file as `/rivulet-<hash>.js`, `/rivulet/<file>` and `/rivulet/integrity.json`.
 * The files are read and compressed once, at the start, because they are few and small. Pages of any origin may load them.
 * @param folder the path of the folder that contains `rivulet.js`
 * @throws {WidgetFilesError} when the folder cannot be read or has no `rivulet.js`
 */
export function createWidgetRoutes(folder: string): Router {
  const files = readFiles(folder);
  const loader = files.get('rivulet.js');
  if (loader === undefined) throw new WidgetFilesError(folder, 'has no rivulet.js');
  const integrity = integrityOf(loader, files);
  const hashes = toStatic(Buffer.from(JSON.stringify(integrity, null, 2)), '.json');
  const router = Router();
  addRoutes(router, {
    'GET /rivulet.js': (request, response) => {
      serve(request, response, { file: loader, cacheControl: FIVE_MINUTES });
    },
    'GET /rivulet-:hash.js': (request, response) => {
      // The loader of another version is a 404: its page would refuse this content anyway, because of the hash.
      const file = request.path === integrity.script ? loader : undefined;
      serve(request, response, { file, cacheControl: FOREVER });
    },
    'GET /rivulet/integrity.json': (request, response) => {
      serve(request, response, { file: hashes, cacheControl: FIVE_MINUTES });
    },
    'GET /rivulet/licenses.txt': (request, response) => {
      serve(request, response, { file: files.get('licenses.txt'), cacheControl: FIVE_MINUTES });
    },
    'GET /rivulet/:file': (request, response) => {
      const { file: name } = request.params;
      const file = typeof name === 'string' ? files.get(name) : undefined;
      serve(request, response, { file, cacheControl: FOREVER });
    },
  });
  return router;
}

/** For a name that stays the same while its content changes: an update reaches every page within five minutes. */
const FIVE_MINUTES = 'public, max-age=300';
/** For a name that contains a hash of its content. */
const FOREVER = 'public, max-age=31536000, immutable';
/** Hexadecimal digits of the hash in the loader's name: 64 bits tell versions apart; `integrity` contains the whole hash. */
const NAME_HASH_LENGTH = 16;

function readFiles(folder: string): Map<string, StaticFile> {
  try {
    const names = readdirSync(folder).filter((name) => extname(name) in TYPES);
    return new Map(names.map((name) => [name, readStatic(join(folder, name))]));
  } catch (error) {
    throw new WidgetFilesError(folder, 'cannot be read', error);
  }
}

function integrityOf(loader: StaticFile, files: ReadonlyMap<string, StaticFile>): WidgetIntegrity {
  const hash = createHash('sha384').update(loader.plain).digest('hex').slice(0, NAME_HASH_LENGTH);
  const modules = [...files].filter(([name]) => name.endsWith('.js') && name !== 'rivulet.js');
  return {
    script: `/rivulet-${hash}.js`,
    integrity: loader.integrity,
    modules: Object.fromEntries(modules.map(([name, { integrity }]) => [`/rivulet/${name}`, integrity])),
  };
}

interface FileResponse {
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

function serve(request: Request, response: Response, { file, cacheControl }: FileResponse): void {
  if (file === undefined) {
    // A file of a version that is being deployed: it may be there in a moment.
    response
      .status(404)
      .set('Cache-Control', 'no-store')
      .json({ code: 'not-found', message: 'There is no such file.' });
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
