/**
 * Scripts that are written without spaces between words (or, in Korean, before particles). In them a mark or a URL
 * touches the words beside it, so rules that look for a space do not work.
 */

/**
 * Inside of a character class with the flag `u`: letters and punctuation of these scripts, with the fullwidth forms,
 * which belong to no script.
 */
export const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Yi}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Mymr}\\p{scx=Tibt}\\ufe30-\\ufe4f\\uff01-\\uff65\\uffe0-\\uffe6';

const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED}]`, 'u');

/** Whether the character belongs to a script without spaces. */
export const isUnspaced = (character: string): boolean => UNSPACED_CHARACTER.test(character);
