/** Reads a document by its type. */
import { createHash } from 'node:crypto';
import type { KnowledgePiece } from '../stores/knowledge-store.ts';
import { cleanText, piecesOf, type ReadDocument } from './pieces.ts';
import { readHtml } from './read-html.ts';
import { readMarkdown } from './read-markdown.ts';
import { readPdf } from './read-pdf.ts';

/** A document as it was fetched. */
export interface RawDocument {
  url: string;
  /** In lower case, without parameters. */
  mediaType: string;
  /** What the answer says of its characters; empty when it does not. */
  charset: string;
  content: Uint8Array;
}

/** A document in pieces. */
export interface PiecedDocument {
  title: string;
  pieces: KnowledgePiece[];
  links: readonly string[];
  digest: string;
  isHidden: boolean;
}

/** The media types that are read, by the ending of a file. */
export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.txt': 'text/plain',
  '.pdf': 'application/pdf',
};

const MAX_TITLE_CHARS = 300;

/** @returns undefined for a type that is not read. @throws {Error} when it cannot be read */
export async function readDocument(raw: RawDocument): Promise<PiecedDocument | undefined> {
  const read = await readByType(raw);
  if (read === undefined) return undefined;
  const title = cleanText(read.title).slice(0, MAX_TITLE_CHARS).toWellFormed();
  const pieces = piecesOf({ ...read, title });
  const digest = createHash('sha256')
    .update(JSON.stringify([title, pieces]))
    .digest('base64url');
  return { title, pieces, links: read.links, digest, isHidden: read.isHidden === true };
}

async function readByType({
  url,
  mediaType,
  charset,
  content,
}: RawDocument): Promise<ReadDocument | undefined> {
  const name = nameOf(url);
  switch (mediaType) {
    case 'text/html':
    case 'application/xhtml+xml':
      return readHtml(decode(content, charset || charsetIn(content)), url);
    case 'text/markdown':
    case 'text/x-markdown':
      return readMarkdown(decode(content, charset), name);
    case 'text/plain':
      return name.endsWith('.md')
        ? readMarkdown(decode(content, charset), name)
        : { title: name, blocks: textBlocks(decode(content, charset)), links: [] };
    case 'application/pdf':
      return readPdf(content, name);
    default:
      return undefined;
  }
}

const textBlocks = (text: string) =>
  text.split(/\n\s*\n/).map((paragraph) => ({ kind: 'text' as const, text: paragraph }));

/** The last part of the path. */
function nameOf(url: string): string {
  const last =
    url
      .split(/[?#]/)[0]
      ?.split('/')
      .findLast((part) => part !== '') ?? url;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a lone percent sign
  }
}

/** What the page itself says of its characters, within the bytes in which browsers look for it. */
const charsetIn = (content: Uint8Array): string =>
  /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(
    Buffer.from(content.subarray(0, 1024)).toString('latin1'),
  )?.[1] ?? '';

function decode(content: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset || 'utf-8').decode(content);
  } catch {
    return new TextDecoder().decode(content); // a name that nobody knows
  }
}
