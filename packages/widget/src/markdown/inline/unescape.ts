/** Replaces backslash escapes and character references by the characters they stand for. */
import { missedParts } from './missed-parts.ts';

/** Names of HTML 5 have at most 31 characters. */
export const MAX_REFERENCE_CHARS = 31;
const ESCAPE_OR_REFERENCE = /\\([!-/:-@[-`{-~])|&#?[a-z\d]{1,31};/gi;

/** Reads one reference; undefined if there is no such character. */
export type Decode = (reference: string) => string | undefined;

/** Until the reader of references is loaded, they stay as they are. */
let decode: Decode = () => {
  missedParts.add('rare');
  return undefined;
};

/** Sets the reader of references. */
export function decodeWith(loaded: Decode): void {
  decode = loaded;
}

/** Replaces backslash escapes and references in destinations, titles and info strings. */
export const unescapeText = (text: string): string =>
  text.replace(ESCAPE_OR_REFERENCE, (whole: string, escaped?: string) => escaped ?? decode(whole) ?? whole);
