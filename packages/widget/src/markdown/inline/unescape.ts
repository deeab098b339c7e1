/** Replaces backslash escapes and character references by the characters they stand for. */
import { missedParts } from './missed-parts.ts';
import { loadRare, rareSyntax } from './rare.ts';

/** Names of HTML 5 have at most 31 characters. */
export const MAX_REFERENCE_CHARS = 31;
const ESCAPE_OR_REFERENCE = /\\([!-/:-@[-`{-~])|&#?[a-z\d]{1,31};/gi;

/** Replaces backslash escapes and references in destinations, titles and info strings. */
export const unescapeText = (text: string): string =>
  text.replace(ESCAPE_OR_REFERENCE, (whole: string, escaped?: string) => escaped ?? decode(whole));

function decode(reference: string): string {
  const rare = rareSyntax();
  if (!rare) missedParts.add(loadRare);
  return rare?.decode?.(reference) ?? reference;
}
