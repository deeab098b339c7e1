/** The parts of a link as CommonMark writes them: label, destination, title; shared by links and definitions. */
import { unescapeText } from './character-reference.ts';

/** CommonMark's own limit for labels. */
const MAX_LABEL_CHARS = 999;
/** Longest destination or title read. A bound per `](` keeps `[a](b` repeated 20,000 times linear; browsers and servers refuse longer URLs. */
const MAX_PART_CHARS = 2_048;

/** A part that was read, one cut off by the end of the text, or none. */
export type Part = { kind: 'found'; value: string; end: number } | { kind: 'cut-off' } | { kind: 'none' };

const NONE: Part = { kind: 'none' };
const CUT_OFF: Part = { kind: 'cut-off' };

/** The key under which a label and its definition meet: case and white space do not count. */
export function normalizeLabel(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();
}

/** Reads `[label]` at `offset`; the value is without brackets, not normalized. */
export function readLabel(text: string, offset: number): Part {
  if (text[offset] !== '[') return NONE;
  const limit = offset + MAX_LABEL_CHARS + 2;
  for (let at = offset + 1; at < text.length; at++) {
    const character = text[at];
    if (at > limit || character === '[') return NONE;
    if (character === ']') return { kind: 'found', value: text.slice(offset + 1, at), end: at + 1 };
    if (character === '\\') at++;
  }
  return CUT_OFF;
}

/** Reads a destination at `offset`: `<in angles>` or bare with balanced parentheses. */
export function readDestination(text: string, offset: number): Part {
  return text[offset] === '<' ? readAngleDestination(text, offset) : readBareDestination(text, offset);
}

function readAngleDestination(text: string, offset: number): Part {
  for (let at = offset + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '>') return { kind: 'found', value: toUri(text.slice(offset + 1, at)), end: at + 1 };
    if (character === '<' || character === '\n' || at - offset > MAX_PART_CHARS) return NONE;
    if (character === '\\') at++;
  }
  return CUT_OFF;
}

function readBareDestination(text: string, offset: number): Part {
  let depth = 0;
  let at = offset;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && /[!-/:-@[-`{-~]/.test(text.charAt(at + 1))) at++;
    else if (character === '(') depth++;
    else if (character === ')' && --depth < 0) break;
    else if (character <= ' ' || character === '\x7f') break;
    if (at - offset > MAX_PART_CHARS) return NONE;
  }
  if (depth > 0) return at >= text.length ? CUT_OFF : NONE;
  return { kind: 'found', value: toUri(text.slice(offset, at)), end: Math.min(at, text.length) };
}

/** Reads a title in `"…"`, `'…'` or `(…)` at `offset`. A blank line cannot be in one. */
export function readTitle(text: string, offset: number): Part {
  const opener = text.charAt(offset);
  if (opener !== '"' && opener !== "'" && opener !== '(') return NONE;
  const closer = opener === '(' ? ')' : opener;
  for (let at = offset + 1; at < text.length; at++) {
    const character = text[at];
    if (character === closer) {
      return { kind: 'found', value: unescapeText(text.slice(offset + 1, at)), end: at + 1 };
    }
    if ((opener === '(' && character === '(') || at - offset > MAX_PART_CHARS) return NONE;
    if (character === '\\') at++;
  }
  return CUT_OFF;
}

/** The offset after spaces, tabs and at most one line end. */
export function skipSpaceAndLine(text: string, offset: number): number {
  const afterSpace = skipSpaces(text, offset);
  return text[afterSpace] === '\n' ? skipSpaces(text, afterSpace + 1) : afterSpace;
}

/** The offset after spaces and tabs. */
export function skipSpaces(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** A destination as it goes into an attribute: unescaped, then what is not allowed in a URI percent-encoded. */
export function toUri(destination: string): string {
  // encodeURI throws on half a surrogate pair.
  const wellFormed = unescapeText(destination).replace(/[\ud800-\udfff]/gu, '\ufffd');
  return encodeURI(wellFormed).replace(/%25([0-9a-fA-F]{2})/g, '%$1');
}
