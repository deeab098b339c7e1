/** Turns texts into the terms by which they are found, the same ones in every store. */
import { stemmer } from 'stemmer';

/** Scripts that are written without spaces between words, as far as pairs of characters find their words. */
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** The accents that Latin, Greek and Cyrillic letters carry; marks of other scripts are letters there. */
const ACCENTS = /[\u0300-\u036f]/g;
const ENGLISH = /^[a-z]{3,}$/;
/** Longer ones are not words that somebody would ask for. */
const MAX_TERM_CHARS = 64;

/**
 * The words that are in every text. They would only make a search slower: what is left decides. English and a few that other languages
 * have in every sentence.
 */
const STOP_WORDS = new Set(
  `a an and are as at be by can do does for from had has have how i if in is it its me my of on or our so that the their them then there
   they this to was we were what when where which who will with would you your
   der die das den dem ein eine einen und ist im in zu mit von auf für wie was ich le la les un une des du de et est que qui en pour
   el los las una y es por para con qué cómo il lo gli e di che per come het een en van op`.split(/\s+/),
);

/**
 * The terms of a text in their order, repeated as they are in it. Letters without case, accents and English endings; Chinese, Japanese
 * and Korean as pairs of adjacent characters, because a word of theirs is often just two.
 */
export function termsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(ACCENTS, '').normalize('NFC').toLowerCase();
  return (plain.match(WORD) ?? []).flatMap((word) => [...partsOf(word)]);
}

/** The different terms of a question, without those that are in every text, unless it has no others. */
export function questionTerms(question: string): string[] {
  const terms = [...new Set(termsOf(question))].slice(0, MAX_QUESTION_TERMS);
  const telling = terms.filter((term) => !STOP_TERMS.has(term));
  return telling.length > 0 ? telling : terms;
}

/** A question has fewer; a visitor may paste a whole page. */
const MAX_QUESTION_TERMS = 48;
const STOP_TERMS = new Set([...STOP_WORDS].flatMap(termsOf));

function* partsOf(word: string): Generator<string> {
  let at = 0;
  for (const match of word.matchAll(CJK)) {
    if (match.index > at) yield* termOf(word.slice(at, match.index));
    yield* pairsOf(match[0]);
    at = match.index + match[0].length;
  }
  if (at < word.length) yield* termOf(word.slice(at));
}

function termOf(word: string): string[] {
  if (word.length > MAX_TERM_CHARS) return [];
  return [ENGLISH.test(word) ? stemmer(word) : word];
}

function pairsOf(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}
