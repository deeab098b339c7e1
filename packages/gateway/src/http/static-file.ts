/** A file in memory, in the encodings that browsers take, and its response. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';

/** The encodings of a file, the one with the fewest bytes first. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** A file that is read and compressed once. */
export interface StaticFile {
  /** The content by its encoding; `identity` is the file itself. Brotli is there when the build has written it. */
  bodies: { br?: Buffer; gzip: Buffer; identity: Buffer };
  /** Of the file itself, in quotes. */
  etag: string;
  type: string;
  /** The value of an `integrity` attribute: `sha384-…`. */
  integrity: string;
}

/** A response with a file; undefined is answered with 404. */
export interface FileResponse {
  file: StaticFile | undefined;
  cacheControl: string;
  /** Which pages may read it. Default: those of any origin. */
  readers?: 'same-origin' | undefined;
}

/** The content types of the files that are served; files with other extensions are not. */
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Whether files with the extension of this name are served. */
export const isServed = (name: string): boolean => extname(name) in TYPES;

/** Reads a file, and what the build has compressed beside it (`<name>.br`). @throws {Error} when one of them cannot be read */
export function readStatic(path: string): StaticFile {
  const plain = readFileSync(path);
  return toStatic(plain, extname(path), brotliOf(path, plain));
}

/** Brotli at its best takes too long for a start, so that the build does it. That of another build is not used. */
function brotliOf(path: string, plain: Buffer): Buffer | undefined {
  if (!existsSync(`${path}.br`)) return undefined;
  const compressed = readFileSync(`${path}.br`);
  return brotliDecompressSync(compressed).equals(plain) ? compressed : undefined;
}

/** Creates a file from its content. @param extension such as `.js`: it determines the content type */
export function toStatic(plain: Buffer, extension: string, br?: Buffer): StaticFile {
  return {
    bodies: {
      ...(br === undefined ? {} : { br }),
      gzip: gzipSync(plain, { level: 9 }),
      identity: plain,
    },
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    type: TYPES[extension] ?? 'application/octet-stream',
    integrity: `sha384-${createHash('sha384').update(plain).digest('base64')}`,
  };
}

/** Pages of any origin may load the files, and read that there is none. */
const ANY_ORIGIN = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Answers with a file that pages of any origin may load, unless it is for those of the same one. */
export function serve(
  request: Request,
  response: Response,
  { file, cacheControl, readers }: FileResponse,
): void {
  const sharing = readers === 'same-origin' ? {} : ANY_ORIGIN;
  if (file === undefined) {
    // A file of a version that is being deployed: it may be there in a moment.
    response
      .status(404)
      .set({ 'Cache-Control': 'no-store', ...sharing })
      .json({ code: 'not-found', message: 'There is no such file.' });
    return;
  }
  const encoding = encodingFor(request, file);
  response.set({
    'Content-Type': file.type,
    'Cache-Control': cacheControl,
    ETag: etagOf(file, encoding),
    Vary: 'Accept-Encoding',
    'X-Content-Type-Options': 'nosniff',
    ...sharing,
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  if (encoding !== 'identity') response.set('Content-Encoding', encoding);
  response.end(file.bodies[encoding]);
}

/** Other bytes have another tag: a shared cache tells its copies apart by it. @see RFC 9110 §8.8.3.3 */
const etagOf = ({ etag }: StaticFile, encoding: Encoding): string =>
  encoding === 'identity' ? etag : etag.replace(/"$/, `-${encoding}"`);

/** The encoding with the fewest bytes that the client takes. Browsers name gzip first and mean no preference by it. */
const encodingFor = (request: Request, { bodies }: StaticFile): Encoding =>
  ENCODINGS.find((one) => bodies[one] !== undefined && request.acceptsEncodings(one) === one) ?? 'identity';
