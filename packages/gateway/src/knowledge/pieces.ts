/** Divides a document into pieces: what is below one heading, or a part of that. */
import type { KnowledgePiece } from '../stores/knowledge-store.ts';

/** A part of a document, in its order. */
export type Block =
  | { kind: 'heading'; level: number; text: string; anchor: string }
  /** A place without a heading that an address can name, such as a page of a PDF. */
  | { kind: 'anchor'; anchor: string }
  | { kind: 'text'; text: string };

/** A document as it was read, before it is in pieces. */
export interface ReadDocument {
  title: string;
  blocks: readonly Block[];
  /** Absolute addresses that it links to. */
  links: readonly string[];
  /** Whether the page asks not to be found. */
  isHidden?: true;
}

/** A model reads some pieces for each question; a person reads one as the quotation of a source. */
const MAX_PIECE_CHARS = 1_200;
/** Far more than a manual has. */
const MAX_PIECES = 2_000;
const MAX_HEADING_CHARS = 200;

/** The pieces of a document, in its order. */
export function piecesOf({ title, blocks }: Pick<ReadDocument, 'title' | 'blocks'>): KnowledgePiece[] {
  const pieces: KnowledgePiece[] = [];
  /** The headings above, by level. */
  let path: { level: number; text: string }[] = [];
  let anchor = '';
  let texts: string[] = [];
  const flush = () => {
    const heading = path.map(({ text }) => text).join(' › ');
    for (const text of partsOf(texts)) pieces.push({ heading, anchor, text });
    texts = [];
  };
  for (const block of blocks) {
    if (block.kind === 'text') texts.push(cleanText(block.text));
    else {
      flush();
      anchor = block.anchor;
      if (block.kind === 'anchor') continue;
      const text = cleanText(block.text).slice(0, MAX_HEADING_CHARS);
      path = path.filter(({ level }) => level < block.level);
      if (text !== '' && text !== title) path.push({ level: block.level, text });
    }
  }
  flush();
  return pieces.slice(0, MAX_PIECES);
}

/** Joins paragraphs as long as they fit, and divides those that do not. */
function partsOf(texts: readonly string[]): string[] {
  const parts: string[] = [];
  let part = '';
  for (const text of texts.flatMap(divided)) {
    if (text === '') continue;
    if (part !== '' && part.length + text.length + 1 > MAX_PIECE_CHARS) {
      parts.push(part);
      part = '';
    }
    part = part === '' ? text : `${part}\n${text}`;
  }
  return part === '' ? parts : [...parts, part];
}

/** Divides a paragraph at the ends of sentences, or between words, or anywhere. */
function divided(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > MAX_PIECE_CHARS) {
    const head = rest.slice(0, MAX_PIECE_CHARS);
    const end = Math.max(...['. ', '! ', '? ', '。', '！', '？'].map((mark) => head.lastIndexOf(mark)));
    const space = head.lastIndexOf(' ');
    const at = [end + 1, space].find((each) => each > MAX_PIECE_CHARS / 2) ?? MAX_PIECE_CHARS;
    parts.push(rest.slice(0, at).trim().toWellFormed());
    rest = rest.slice(at).trim();
  }
  return [...parts, rest.toWellFormed()];
}

/** Without control characters and repeated spaces; lines stay. */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- these are what is removed: NUL cannot be stored
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u200b\ufeff]/g, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
