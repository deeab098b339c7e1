/** Block starts (phase 2 of CommonMark): each reads its marker and opens its block. */
import type { Block, ItemBlock, ListBlock, ParagraphBlock } from './block.ts';
import { skipQuoteMark } from './block-continue.ts';
import { unescapeText } from '../inline/unescape.ts';
import type { BlockStart, OpenBlocks } from './block-contract.ts';
import { splitDefinitions } from './definition.ts';
import type { LineCursor } from './line-cursor.ts';
import { parseDelimiterRow, splitRow } from './table-row.ts';

/** In a chat, lines nest in an item if they are indented by this much more than its marker, as with a bullet. */
const CHAT_NESTING_COLUMNS = 2;
const RULE = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/;
/** Characters that can begin a block; lines beginning otherwise need no check. */
export const MAYBE_START = /^[[#`~*+_=<>|:0-9$\\-]/;

const startQuote: BlockStart = (line, blocks) => {
  if (!blocks.canNest || line.nextCharacter !== '>' || !skipQuoteMark(line)) return 'none';
  blocks.open({ kind: 'quote', phase: 'open', children: [] });
  return 'container';
};

const startHeading: BlockStart = (line, blocks) => {
  if (line.isIndented || line.nextCharacter !== '#') return 'none';
  const marks = /^#{1,6}(?=[ \t]|$)/.exec(line.content)?.[0];
  if (marks === undefined) return 'none';
  const content = line.content.slice(marks.length).trim();
  // The closing hashes are searched from the end: a regular expression would backtrack over long runs.
  let end = content.length;
  while (content[end - 1] === '#') end--;
  const isClosed = end === 0 || /[ \t]/.test(content.charAt(end - 1));
  const text = isClosed ? content.slice(0, end).trimEnd() : content;
  blocks.open({ kind: 'heading', phase: 'open', level: marks.length, text });
  return 'whole-line';
};

const startFence: BlockStart = (line, blocks) => {
  if (line.isIndented) return 'none';
  const run = /^(?:`{3,}(?!.*`)|~{3,})/.exec(line.content)?.[0];
  if (run === undefined) return 'none';
  const info = unescapeText(line.content.slice(run.length).trim());
  const fence = { character: run.charAt(0), length: run.length, indent: line.indent };
  blocks.open({ kind: 'code', phase: 'open', lines: [], filledLines: 0, info, fence });
  return 'whole-line';
};

const startSetextHeading: BlockStart = (line, blocks) => {
  const paragraph = blocks.container;
  // In a chat a line below text divides. As a heading it would turn text that is already shown into something else.
  if (line.isIndented || paragraph.kind !== 'paragraph' || blocks.isChat) return 'none';
  const isUnderline = /^(?:=+|-+)[ \t]*$/.test(line.content);
  if (!isUnderline || splitDefinitions(paragraph.text, paragraph.definedTo).rest === '') return 'none';
  const level = line.nextCharacter === '=' ? 1 : 2;
  blocks.replaceParagraph({ kind: 'heading', phase: 'open', level, text: paragraph.text.trimEnd() });
  return 'whole-line';
};

const startRule: BlockStart = (line, blocks) => {
  const isBelowText = blocks.isChat && blocks.container.kind === 'paragraph';
  if (line.isIndented || !(RULE.test(line.content) || (isBelowText && /^={3,}[ \t]*$/.test(line.content))))
    return 'none';
  blocks.open({ kind: 'rule', phase: 'open' });
  return 'whole-line';
};

const startItem: BlockStart = (line, blocks) => {
  const { container } = blocks;
  if (!blocks.canNest || (line.isIndented && container.kind !== 'list')) return 'none';
  const found = readItem(line, blocks);
  if (!found) return 'none';
  blocks.closeUnmatched();
  const tip = blocks.tip;
  if (tip.kind !== 'list' || tip.marker !== found.list.marker || tip.isOrdered !== found.list.isOrdered) {
    blocks.open(found.list);
  }
  blocks.open(found.item);
  return 'container';
};

function readItem(
  line: LineCursor,
  { container, isChat }: OpenBlocks,
): { list: ListBlock; item: ItemBlock } | undefined {
  if (line.indent >= 4) return undefined;
  const match = /^(?:([*+-])|(\d{1,9})([.)]))(?=[ \t]|$)/.exec(line.content);
  if (!match) return undefined;
  const [whole, bullet, digits = '1', delimiter = ''] = match;
  const start = Number.parseInt(digits, 10);
  // Only a non-empty item, and in an ordered list only number 1, may interrupt a paragraph.
  const isInParagraph = container.kind === 'paragraph';
  if (isInParagraph && (start !== 1 || line.content.slice(whole.length).trim() === '')) return undefined;
  const markerIndent = line.indent;
  line.skipSpace();
  line.skipCharacters(whole.length);
  const contentColumn = markerIndent + whole.length + skipItemPadding(line);
  const marker = bullet ?? delimiter;
  const nestedFrom = isChat ? Math.min(contentColumn, markerIndent + CHAT_NESTING_COLUMNS) : contentColumn;
  return {
    list: {
      kind: 'list',
      phase: 'open',
      children: [],
      isOrdered: bullet === undefined,
      start,
      marker,
      isTight: true,
    },
    item: { kind: 'item', phase: 'open', children: [], contentColumn, nestedFrom },
  };
}

/**
 * Moves over the spaces between bullet and content. With five or more, one belongs to the marker and the rest to
 * indented code.
 */
function skipItemPadding(line: LineCursor): number {
  if (!line.isBlank && line.indent >= 1 && line.indent <= 4) {
    const padding = line.indent;
    line.skipSpace();
    return padding;
  }
  if (line.isAtSpace()) line.skipColumns(1);
  return 1;
}

const startIndentedCode: BlockStart = (line, blocks) => {
  if (!line.isIndented || line.isBlank || blocks.tip.kind === 'paragraph') return 'none';
  line.skipColumns(4);
  blocks.open({ kind: 'code', phase: 'open', lines: [], filledLines: 0, info: '', fence: undefined });
  return 'leaf';
};

const startMath: BlockStart = (line, blocks) => blocks.math?.start(line, blocks) ?? 'none';

const startTable: BlockStart = (line, blocks) => {
  const paragraph = blocks.container;
  if (line.isIndented || paragraph.kind !== 'paragraph') return 'none';
  const alignments = parseDelimiterRow(line.content.trimEnd());
  if (!alignments) return 'none';
  const { before, last } = splitLastLine(paragraph);
  const header = splitRow(last);
  if (header.length !== alignments.length) return 'none';
  const table: Block = { kind: 'table', phase: 'open', alignments, rows: [header] };
  if (before === undefined) {
    blocks.replaceParagraph(table);
  } else {
    blocks.shortenParagraph(before);
    blocks.open(table);
  }
  return 'whole-line';
};

function splitLastLine({ text }: ParagraphBlock): { before: string | undefined; last: string } {
  const end = text.lastIndexOf('\n');
  return { before: end < 0 ? undefined : text.slice(0, end), last: text.slice(end + 1) };
}

/** In the order in which CommonMark tries them; the table comes last, as in cmark-gfm. */
export const BLOCK_STARTS: readonly BlockStart[] = [
  startQuote,
  startHeading,
  startFence,
  startSetextHeading,
  startRule,
  startItem,
  startIndentedCode,
  startMath,
  startTable,
];
