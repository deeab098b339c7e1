/** Rows of GFM tables: splitting at unescaped pipes, and the delimiter row that makes the line above it a header. */
import type { Alignment } from './block.ts';

/**
 * A header with more columns makes no table, and only the first rows are padded to the width of the header: otherwise
 * each further `|` alone would create 64 cells from two bytes.
 */
const MAX_COLUMNS = 64;
const MAX_FILLED_ROWS = 500;
const DELIMITER_CELL = /^:?-+:?$/;

/** Splits a row into trimmed cells; `\|` stands for a pipe. */
export function splitRow(line: string): string[] {
  const row = line.trim();
  const cells: string[] = [];
  let cell = '';
  for (let index = row.startsWith('|') ? 1 : 0; index < row.length; index++) {
    const character = row.charAt(index);
    if (character === '\\' && row[index + 1] === '|') {
      cell += '|';
      index++;
    } else if (character === '\\') {
      cell += character + row.charAt(++index);
    } else if (character === '|') {
      cells.push(cell.trim());
      cell = '';
    } else {
      cell += character;
    }
  }
  if (cell.trim() !== '') cells.push(cell.trim());
  return cells;
}

/**
 * Fits a row that follows `rowCount` others to `count` cells: missing ones are empty, surplus ones are dropped (GFM
 * 4.10).
 */
export function fitRow(cells: string[], count: number, rowCount: number): string[] {
  const row = cells.slice(0, count);
  while (rowCount <= MAX_FILLED_ROWS && row.length < count) row.push('');
  return row;
}

/** Parses a delimiter row into alignments; undefined if `line` is none. */
export function parseDelimiterRow(line: string): Alignment[] | undefined {
  if (!/^[|:-][-| :\t]*$/.test(line) || !/[|:]/.test(line)) return undefined;
  const cells = splitRow(line);
  if (cells.length === 0 || cells.length > MAX_COLUMNS || !cells.every((cell) => DELIMITER_CELL.test(cell)))
    return undefined;
  return cells.map(alignmentOf);
}

function alignmentOf(cell: string): Alignment {
  const isLeft = cell.startsWith(':');
  const isRight = cell.endsWith(':');
  if (isLeft && isRight) return 'center';
  if (isRight) return 'right';
  return isLeft ? 'left' : 'none';
}
