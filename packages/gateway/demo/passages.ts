/** Splits Markdown into sections by heading, and shortens a section for a reply at the boundaries of its blocks. */
import type { DemoDocument } from './documents.ts';

/** A section of a document. */
export interface Passage {
  /** `README.md#2`: unique, and the same as long as the document does not change. */
  id: string;
  /** The title of the document. */
  document: string;
  /** The path of the document. */
  path: string;
  heading: string;
  /** The level of the heading, from 1; 1 also for the text before the first heading. */
  level: number;
  /** Paragraphs, lists, tables and fenced code, in order. */
  blocks: string[];
}

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Splits a document into its sections. Sections without text are left out. */
export function splitPassages({ title, path, markdown }: DemoDocument): Passage[] {
  const passages: Passage[] = [];
  const begin = (heading: string, level: number): Passage => {
    const id = `${path}#${passages.length + 1}`;
    const passage = { id, document: title, path, heading, level, blocks: [] };
    passages.push(passage);
    return passage;
  };
  let passage = begin(title, 1);
  for (const block of splitBlocks(markdown)) {
    const [, marks, heading] = HEADING.exec(block) ?? [];
    if (marks !== undefined && heading !== undefined) passage = begin(heading, marks.length);
    else if (!isDecoration(block)) passage.blocks.push(...splitItems(linksToWords(block)));
  }
  return passages.filter(({ blocks }) => blocks.length > 0);
}

/** Badges, images and HTML are of no use in a reply. */
function isDecoration(block: string): boolean {
  return /^\s*(<|\[?!\[)/.test(block);
}

/** Splits at blank lines and around headings, but never inside fenced code. */
function splitBlocks(markdown: string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence = '';
  const close = () => {
    if (lines.length > 0) blocks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    const marks = FENCE.exec(line)?.[1] ?? '';
    if (fence !== '') {
      lines.push(line);
      if (marks.startsWith(fence)) {
        fence = '';
        close();
      }
    } else if (marks !== '') {
      close();
      fence = marks;
      lines.push(line);
    } else if (HEADING.test(line)) {
      close();
      blocks.push(line);
    } else if (line.trim() === '') {
      close();
    } else {
      lines.push(line);
    }
  }
  close();
  return blocks;
}

const isFenced = (block: string): boolean => FENCE.test(block);

/** Replaces relative links by their text: they lead nowhere on the page that shows the reply. */
function linksToWords(block: string): string {
  return isFenced(block) ? block : block.replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1');
}

/** A longer list is split into its items. */
const WHOLE_LIST_MAX_CHARACTERS = 400;
const ITEM = /^([-*+]|\d+[.)])\s/;

function splitItems(block: string): string[] {
  if (!ITEM.test(block) || block.length <= WHOLE_LIST_MAX_CHARACTERS) return [block];
  return block.split(/\n(?=(?:[-*+]|\d+[.)])\s)/);
}

/** Options of `condense`. */
export interface CondenseOptions {
  /** The length of the result, in UTF-16 code units. */
  maxCharacters: number;
  /** A section that is too long is quoted from the block that contains most of these words. */
  words?: readonly string[];
}

/** Shortens a section to whole blocks. A single block that is too long is cut at lines or sentences. */
export function condense({ blocks }: Pick<Passage, 'blocks'>, options: CondenseOptions): string {
  const { maxCharacters, words = [] } = options;
  const isWhole = join(blocks).length <= maxCharacters;
  const from = isWhole ? 0 : bestStart(blocks, words);
  const kept: string[] = [];
  let left = maxCharacters;
  for (const block of blocks.slice(from)) {
    if (block.length > left) break;
    kept.push(block);
    left -= block.length + 2;
  }
  // A last block that introduces what was cut off ("for example:") is removed, too.
  while (!isWhole && kept.length > 1 && kept.at(-1)?.endsWith(':')) kept.pop();
  return kept.length === 0 ? cutBlock(blocks[from] ?? '', maxCharacters) : join(kept);
}

/** Joins blocks by blank lines, and the items of one list by line breaks. */
function join(blocks: readonly string[]): string {
  return blocks.reduce((text, block, index) => {
    const isSameList = ITEM.test(block) && ITEM.test(blocks[index - 1] ?? '');
    return index === 0 ? block : `${text}${isSameList ? '\n' : '\n\n'}${block}`;
  }, '');
}

function bestStart(blocks: readonly string[], words: readonly string[]): number {
  const hits = blocks.map((block) => {
    const text = block.toLowerCase();
    return words.filter((word) => text.includes(word)).length;
  });
  const best = Math.max(0, hits.indexOf(Math.max(...hits)));
  // "For example:" belongs to what follows it.
  return blocks[best - 1]?.endsWith(':') === true ? best - 1 : best;
}

function cutBlock(block: string, maxCharacters: number): string {
  const lines = block.split('\n');
  const isProse = !isFenced(block) && !/^\s*([|>*+-]|\d+[.)])/.test(block);
  if (lines.length === 1 || isProse) return cutSentences(lines.join(' '), maxCharacters);
  const kept: string[] = [];
  let left = maxCharacters;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return [...kept, ...(isFenced(block) ? [FENCE.exec(block)?.[1] ?? ''] : [])].join('\n');
}

function cutSentences(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const cut = text.slice(0, maxCharacters);
  const end = Math.max(cut.lastIndexOf('. '), cut.lastIndexOf('; '), cut.lastIndexOf(': '));
  return end > 0 ? cut.slice(0, end + 1) : `${cut.slice(0, cut.lastIndexOf(' '))} …`;
}

/** The first prose of a section as one line of plain text; code when there is no prose. */
export function excerptOf({ blocks }: Passage, maxCharacters: number): string {
  const prose = blocks.find((block) => !isFenced(block) && !block.startsWith('|')) ?? blocks[0] ?? '';
  const plain = prose
    .replace(/[*_`>]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return cutSentences(plain, maxCharacters);
}
