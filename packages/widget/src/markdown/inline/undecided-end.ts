/** What is hidden at the end of text that is still growing: characters whose meaning depends on what follows. */
import { MAX_REFERENCE_CHARS } from './unescape.ts';

const MARKERS = '*_~`[!\\<';

/** Returns `text` without undecided markers at its end; what is before `offset` stays. */
export function withoutUndecidedEnd(text: string, offset: number): string {
  let end = trimMarkers(text, offset, text.length);
  const from = Math.max(offset, end - MAX_REFERENCE_CHARS - 1);
  const reference = /&#?[a-zA-Z0-9]*$/.exec(text.slice(from, end));
  if (reference) end = trimMarkers(text, offset, from + reference.index);
  const half = text.charCodeAt(end - 1);
  // The first half of a surrogate pair; the second half is in the next chunk.
  if (half >= 0xd800 && half <= 0xdbff) end--;
  return text.slice(0, Math.max(offset, end));
}

function trimMarkers(text: string, offset: number, length: number): number {
  let end = length;
  while (end > offset && MARKERS.includes(text.charAt(end - 1))) end--;
  return end;
}

/** Whether an incomplete line could still become anything, so that rendering it would flash raw syntax. */
export function isUndecided(line: string, place: 'in-fence' | 'in-table' | 'elsewhere'): boolean {
  const content = line.replace(/^[ \t>]*/, '');
  if (place === 'in-fence') return content === '' || /^(?:`+|~+)\s*$/.test(content);
  const inside = content.replace(/^(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)+/, '');
  return (
    /^[-+*_=~`#|:\s<>]*$/.test(inside) ||
    /^(?:\d{1,9}[.)]?|\[[ xX]?\]?\s*|`{3,}[^`]{0,999}|~{3,}.*|\[[^\]]{0,999}\]:.*)$/.test(inside) ||
    (place === 'elsewhere' && inside.startsWith('|'))
  );
}
