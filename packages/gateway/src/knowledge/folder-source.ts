/** A source on the disk: the files of a folder, and of the folders in it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { IngestError, type Offered, type OpenSource } from './source.ts';
import { MEDIA_TYPES } from './read-document.ts';
import type { KnowledgeSourceSettings } from './settings.ts';

/** As for pages of the web. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Opens a folder. Files and folders whose name begins with a dot, and `node_modules`, are left out; so are links, which may lead anywhere.
 * @throws {IngestError} when it is no folder, or cannot be read
 */
export async function openFolder({ from, baseUrl }: KnowledgeSourceSettings): Promise<OpenSource> {
  const found = await stat(from).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new IngestError(`${from} is neither an address nor a folder.`);
  const files = new Map<string, string>();
  return {
    async *addresses() {
      for await (const file of filesOf(from)) {
        const path = relative(from, file).split(sep).map(encodeURIComponent).join('/');
        const url = baseUrl === undefined ? `file:${path}` : new URL(path, withSlash(baseUrl)).href;
        files.set(url, file);
        yield url;
      }
    },
    async read(url, known): Promise<Offered> {
      const file = files.get(url);
      if (file === undefined) return { kind: 'gone' };
      try {
        const { size, mtimeMs } = await stat(file);
        if (size > MAX_BYTES)
          return { kind: 'failed', problem: `It is larger than ${MAX_BYTES / 1024 / 1024} MiB.` };
        const etag = `${size}-${mtimeMs}`;
        if (known?.etag === etag) return { kind: 'unchanged' };
        const mediaType = MEDIA_TYPES[extname(file).toLowerCase()] ?? '';
        const raw = { url, mediaType, charset: '', content: await readFile(file) };
        return { kind: 'document', raw, etag, lastModified: '' };
      } catch {
        return { kind: 'failed', problem: 'The file cannot be read.' };
      }
    },
    follow: () => undefined,
    close: () => undefined,
  };
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

/** In the order of their names. */
async function* filesOf(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (entry.isFile() && extname(entry.name).toLowerCase() in MEDIA_TYPES) yield path;
  }
}
