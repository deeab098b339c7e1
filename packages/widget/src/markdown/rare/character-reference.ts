/** Reads character references (`&amp;`, `&#38;`). */

import { missedParts } from '../inline/missed-parts.ts';
import { Piece } from '../inline/piece.ts';
import type { InlineHost } from '../inline/rare-contract.ts';

// Names in common use; the other 2,000 names of HTML 5 are loaded when a text contains one.
const USUAL_NAMES =
  'amp & lt < gt > quot " apos \' nbsp \u00a0 copy © hellip … mdash — ndash – rsquo ’ bull • times × rarr → larr ←';

const REFERENCE = /&(?:#[xX]([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{1,30}));/y;

const names = pairsOf(USUAL_NAMES, (character) => character);
let areAllHere = false;
let loading: Promise<boolean> | undefined;

/**
 * Loads the names that are not built in.
 * @returns whether they are available now
 */
export function loadNames(): Promise<boolean> {
  loading ??= import('./all-character-names.ts').then(
    ({ ALL_CHARACTER_NAMES }) => {
      for (const [name, character] of pairsOf(ALL_CHARACTER_NAMES.trim(), fromCodePoints))
        names.set(name, character);
      areAllHere = true;
      return true;
    },
    // The text stays as written; the next unknown name tries again.
    () => {
      loading = undefined;
      return false;
    },
  );
  return loading;
}

/** Reads the reference at `offset`: its characters and the offset after it. Undefined if there is none. */
export function readReference(text: string, offset: number): { value: string; end: number } | undefined {
  REFERENCE.lastIndex = offset;
  const match = REFERENCE.exec(text);
  if (!match) return undefined;
  const [whole, hex, decimal, name] = match;
  const end = offset + whole.length;
  if (hex) return { value: characterOf(Number.parseInt(hex, 16)), end };
  if (decimal) return { value: characterOf(Number.parseInt(decimal, 10)), end };
  const value = names.get(name ?? '');
  if (value !== undefined) return { value, end };
  if (!areAllHere) missedParts.add(loadNames);
  return undefined;
}

/** Reads the reference at `host.at`. */
export function readCharacter(host: InlineHost): boolean {
  const reference = readReference(host.text, host.at);
  if (!reference) return false;
  host.root.append(new Piece('text', reference.value));
  host.at = reference.end;
  return true;
}

/** Replaces one reference; undefined if there is no such character. */
export const decodeReference = (reference: string): string | undefined => readReference(reference, 0)?.value;

function characterOf(code: number): string {
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
}

function pairsOf(list: string, decode: (value: string) => string): Map<string, string> {
  const words = list.split(/[ \n]/);
  const found = new Map<string, string>();
  for (let index = 0; index < words.length; index += 2)
    found.set(words[index] ?? '', decode(words[index + 1] ?? ''));
  return found;
}

const fromCodePoints = (codes: string): string =>
  String.fromCodePoint(...codes.split('-').map((code) => Number.parseInt(code, 16)));
