/** Finds out whether a match is made of whole words, in scripts with and without spaces between them. Pure. */

/** Letters, digits and marks belong to words. */
const WORD = /^[\p{L}\p{N}\p{M}_]$/u;
/** Scripts that are written without spaces. */
const SPACELESS = /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]$/u;

/** What may stand between two code points. `unclear`: both belong to a script without spaces, so that a dictionary has to decide. */
export type Edge = 'boundary' | 'inside' | 'unclear';

/** The edge between two code points; undefined stands for the start or the end of the text. */
export function edgeBetween(before: number | undefined, after: number | undefined): Edge {
  const [one, other] = [classOf(before), classOf(after)];
  if (one === 'none' || other === 'none') return 'boundary';
  if (one !== other) return 'boundary'; // a Latin word beside Japanese
  return one === 'word' ? 'inside' : 'unclear';
}

type Class = 'none' | 'word' | 'spaceless';
const MAX_KEPT = 70_000;
const kept = new Map<number, Class>();

function classOf(codePoint: number | undefined): Class {
  if (codePoint === undefined) return 'none';
  const known = kept.get(codePoint);
  if (known !== undefined) return known;
  const character = String.fromCodePoint(codePoint);
  const inWord = SPACELESS.test(character) ? 'spaceless' : 'word';
  const found = WORD.test(character) ? inWord : 'none';
  if (kept.size < MAX_KEPT) kept.set(codePoint, found);
  return found;
}

/** The dictionaries belong to the scripts: the language makes no difference to where words of these scripts end. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * Whether words begin and end at these places of a text without spaces.
 * @param places in UTF-16 code units
 */
export function areWordEdges(text: string, places: readonly number[]): boolean {
  const edges = new Set([0, text.length]);
  for (const { index } of segmenter.segment(text)) edges.add(index);
  return places.every((place) => edges.has(place));
}
