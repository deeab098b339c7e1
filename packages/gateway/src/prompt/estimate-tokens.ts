/**
 * Estimates how many tokens a text has for a model whose tokenizer is not known. A tokenizer of 1 to 2 MB for each family of
 * models would be exact for that family and wrong for every other one, so the estimate is a bound that holds for all of them.
 * @see docs/decisions/0028-what-the-model-is-told.md
 */

/**
 * A tokenizer never makes more tokens than the text has bytes in UTF-8, so the estimate is at least a quarter of them: no text at
 * all has more than four times the tokens of its estimate. For texts that people write it is far closer.
 */
export const MAX_UNDERESTIMATE = 4;

type Range = readonly [first: number, last: number, tokens: number];

/**
 * Tokens of a code unit, by ranges above ASCII. Measured with the vocabularies of GPT-4, GPT-4o and
 * Llama 2; the highest value, rounded, except for Chinese, where newer vocabularies need half as many. Code units that the ranges
 * name no script for get as many as they have bytes.
 */
const RANGES: readonly Range[] = [
  [0x80, 0x24f, 1], // Latin with accents
  [0x250, 0x36f, 1.5],
  [0x370, 0x3ff, 1.2], // Greek
  [0x400, 0x52f, 0.6], // Cyrillic
  [0x530, 0x5ff, 1.2], // Armenian, Hebrew
  [0x600, 0x6ff, 1.1], // Arabic
  [0x700, 0x7ff, 2],
  [0x800, 0x8ff, 3],
  [0x900, 0x97f, 1.4], // Devanagari
  [0x980, 0xdff, 2.5], // the other scripts of India
  [0xe00, 0xe7f, 1.3], // Thai
  [0xe80, 0xfff, 3],
  [0x1000, 0x109f, 2.3], // Burmese
  [0x10a0, 0x10ff, 2.3], // Georgian
  [0x1100, 0x1dff, 3],
  [0x1e00, 0x1eff, 2], // Latin with two accents, for Vietnamese
  [0x1f00, 0x206f, 1.5], // dashes, quotes, joiners
  [0x2070, 0x2fff, 2], // symbols
  [0x3000, 0x303f, 1], // punctuation of Chinese and Japanese
  [0x3040, 0x30ff, 1.3], // kana
  [0x3100, 0x3400, 3],
  [0x3401, 0x9fff, 1.4], // Chinese
  [0xa000, 0xabff, 3],
  [0xac00, 0xd7ff, 1.8], // Hangul
  [0xd800, 0xdfff, 1.7], // one half of a pair: emoji and rare characters, four bytes together
  [0xe000, 0xf8ff, 3],
  [0xf900, 0xfeff, 2],
  [0xff00, 0xffff, 1.2], // full-width forms
];

/** A word of this many letters is mostly one token; of a longer one, each two or three letters more are another. */
const WORD_LETTERS = 5;
const LETTERS_PER_TOKEN = 2.5;
/** Runs of capitals are rare in what tokenizers were made from. */
const CAPITALS_PER_TOKEN = 2.5;

/** Numbers, because comparing them is what most of the time is spent on. */
const [OTHER, LOWER, UPPER, SPACE] = [0, 1, 2, 3] as const;
const KINDS = Uint8Array.from({ length: 0x80 }, (_, code) => kindOf(String.fromCharCode(code)));

function kindOf(character: string): number {
  if (/[a-z]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  return /[ \t]/.test(character) ? SPACE : OTHER;
}

/** The estimated number of tokens, a whole number; 0 for an empty text. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let bytes = 0;
  /** The letters or spaces that are not counted yet. */
  let run = 0;
  let kind: number = OTHER;
  let before = -1;
  let range = RANGES[0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const next = KINDS[code] ?? OTHER;
    // A word may begin with one capital.
    if (next !== kind && run > 0 && !(kind === UPPER && next === LOWER && run === 1)) {
      tokens += tokensOfRun(kind, run);
      run = 0;
    }
    kind = next;
    if (next !== OTHER) run += 1;
    else if (code < 0x80) tokens += code === before && !isDigit(code) ? 0.5 : 1;
    else {
      if (!isIn(range, code)) range = RANGES.find((one) => code <= one[1]);
      tokens += range?.[2] ?? 3;
    }
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    before = code;
  }
  return Math.ceil(Math.max(tokens + tokensOfRun(kind, run), bytes / MAX_UNDERESTIMATE));
}

function tokensOfRun(kind: number, length: number): number {
  if (length === 0) return 0;
  if (kind === UPPER) return Math.ceil(length / CAPITALS_PER_TOKEN);
  if (kind === LOWER) return 1 + Math.ceil(Math.max(0, length - WORD_LETTERS) / LETTERS_PER_TOKEN);
  // One space belongs to the next word.
  return length === 1 ? 0 : Math.ceil(length / 2);
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** A text mostly stays in one range, which is then not searched for. */
const isIn = (range: Range | undefined, code: number): boolean =>
  range !== undefined && code >= range[0] && code <= range[1];
