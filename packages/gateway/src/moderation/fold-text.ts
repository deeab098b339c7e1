/** Folds text for comparison, one code point at a time, so that it does not matter where a text is cut. Pure. */

/** A white space of any length, also a line break, is one space. */
export const SPACE = 0x20;

/** Of letters with marks, such as é, the letter is compared. Marks of other scripts are part of their words. */
const isMark = (codePoint: number): boolean => codePoint >= 0x0300 && codePoint <= 0x036f;
/** Characters that are not drawn: soft hyphens, joiners, direction signs, variation selectors, tags, and controls that are no space. */
const INVISIBLE = /^(?:\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc})$/u;
const WHITE_SPACE = /^\s$/u;

/** Every code point of the basic plane, and some more: bounded, and never reached by ordinary texts. */
const MAX_KEPT = 70_000;
const kept = new Map<number, readonly number[]>();

/**
 * What a code point is compared as: compatibility forms and letters with marks are taken apart, case is folded. Empty for what is not
 * drawn.
 */
export function foldCodePoint(codePoint: number): readonly number[] {
  const known = kept.get(codePoint);
  if (known !== undefined) return known;
  const folded = fold(String.fromCodePoint(codePoint));
  if (kept.size < MAX_KEPT) kept.set(codePoint, folded);
  return folded;
}

/** A whole text as it is compared. White space at its ends is left out. */
export function foldText(text: string): number[] {
  const folded: number[] = [];
  for (const character of text.trim())
    for (const unit of foldCodePoint(character.codePointAt(0) ?? SPACE))
      if (unit !== SPACE || folded.at(-1) !== SPACE) folded.push(unit);
  return folded;
}

function fold(character: string): readonly number[] {
  if (INVISIBLE.test(character)) return [];
  if (WHITE_SPACE.test(character)) return [SPACE];
  // To upper case first: ß has no capital of its own, and the letters of some scripts differ in lower case only.
  const folded = character.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  const units = Array.from(folded, (one) => one.codePointAt(0) ?? SPACE);
  return units
    .filter((unit) => !isMark(unit))
    .map((unit) => (WHITE_SPACE.test(String.fromCodePoint(unit)) ? SPACE : unit));
}
