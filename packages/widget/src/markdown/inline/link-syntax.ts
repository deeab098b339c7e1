/** The parts of a link in CommonMark, label, destination and title, as used by links and definitions. */
import { unescapeText } from './unescape.ts';

/** Limit for labels in CommonMark. */
const MAX_LABEL_CHARS = 999;
/**
 * Maximum length of a destination or title. A bound per `](` keeps `[a](b` repeated 20,000 times linear; browsers and
 * servers refuse longer URLs anyway.
 */
const MAX_PART_CHARS = 2_048;
/** CommonMark allows a bound, of at least this. */
const MAX_PARENTHESES = 32;

/** A part that was read, a part that is cut off by the end of the text, or none. */
export type Part = { kind: 'found'; value: string; end: number } | { kind: 'cut-off' } | { kind: 'none' };

const NONE: Part = { kind: 'none' };
const CUT_OFF: Part = { kind: 'cut-off' };

/** Normalizes a label, ignoring case and white space, for looking up its definition. */
export function normalizeLabel(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase();
}

/** Reads `[label]` at `offset`. The value has no brackets and is not normalized. */
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

/** Reads a destination at `offset`: `<in angles>`, or bare with balanced parentheses. */
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
    if (depth > MAX_PARENTHESES || at - offset > MAX_PART_CHARS) return NONE;
  }
  if (depth > 0) return at >= text.length ? CUT_OFF : NONE;
  return { kind: 'found', value: toUri(text.slice(offset, at)), end: Math.min(at, text.length) };
}

/** Reads a title in `"…"`, `'…'` or `(…)` at `offset`. It contains no blank line. */
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

/** Returns the offset after spaces, tabs and at most one line end. */
export function skipSpaceAndLine(text: string, offset: number): number {
  const afterSpace = skipSpaces(text, offset);
  return text[afterSpace] === '\n' ? skipSpaces(text, afterSpace + 1) : afterSpace;
}

/** Returns the offset after spaces and tabs. */
export function skipSpaces(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Converts a destination for use in an attribute: unescaped, then encoded. */
export const toUri = (destination: string): string => encodeUri(unescapeText(destination));

/** Percent-encodes the characters that a URI does not allow. */
export const encodeUri = (text: string): string =>
  // encodeURI throws for unpaired surrogates.
  encodeURI(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(/%25([0-9a-fA-F]{2})/g, '%$1');
