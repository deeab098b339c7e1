/** Reads sitemaps. */
import { gunzipSync } from 'node:zlib';
import { Parser } from 'htmlparser2';
import type { RawDocument } from './read-document.ts';

/** What a sitemap names. */
export interface Sitemap {
  pages: string[];
  /** Further sitemaps, of an index. */
  sitemaps: string[];
}

/** What the protocol of sitemaps allows in one file. */
const MAX_ENTRIES = 50_000;
const MAX_BYTES = 50 * 1024 * 1024;
const GZIP = 0x1f8b;

/** @returns undefined when it is no sitemap. @throws {Error} when it is compressed and damaged, or too large */
export function readSitemap({ content }: Pick<RawDocument, 'content'>): Sitemap | undefined {
  const bytes = Buffer.from(content);
  const isCompressed = bytes.length > 2 && bytes.readUInt16BE(0) === GZIP;
  const text = (isCompressed ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString('utf8');
  if (!/<(?:\w+:)?(urlset|sitemapindex)[\s>]/.test(text.slice(0, 4_096))) return undefined;
  const found: Sitemap = { pages: [], sitemaps: [] };
  const path: string[] = [];
  let loc = '';
  const parser = new Parser(
    {
      onopentag: (name) => {
        path.push(name.replace(/^.*:/, ''));
        loc = '';
      },
      ontext: (piece) => {
        if (path.at(-1) === 'loc') loc += piece;
      },
      onclosetag: () => {
        const parent = path.at(-2);
        const list = parent === 'sitemap' ? found.sitemaps : found.pages;
        const isEntry = path.at(-1) === 'loc' && (parent === 'url' || parent === 'sitemap');
        if (isEntry && list.length < MAX_ENTRIES && loc.trim() !== '') list.push(loc.trim());
        path.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  return found;
}
