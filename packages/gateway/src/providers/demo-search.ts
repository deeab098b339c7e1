/** Finds the sections that answer a question. */
import MiniSearch from 'minisearch';
import type { DemoDocument } from './demo-documents.ts';
import { splitSections, type Section } from './demo-sections.ts';

/** The sections that fit, best first; none when the question is about something else. */
export type FindSections = (question: string) => Section[];

const STOP_WORDS = new Set(
  (
    'a about all also am an and any are as at be been but by can could did do does for from get give had has have he how i if in ' +
    'into is it its just know like make many may me more much my need no not of on one or our please should show so some tell than ' +
    'that the their them then there these they this to up us use used using want was way we were what when where which who why ' +
    'will with work works would you your explain describe mean means thing things happen happens exactly actually really'
  ).split(' '),
);
/** On every page, so it says little about which one is meant. */
const OWN_NAME = 'rivulet';
const OWN_NAME_WEIGHT = 0.2;
/** Of a question's words that count, the share that a section must have. */
const MIN_SHARE_OF_WORDS = 0.5;
/** A section that fits less than this share of the best one is left out. */
const MIN_SHARE_OF_SCORE = 0.35;
const PREFIX_MIN_CHARACTERS = 4;
const FUZZY_MIN_CHARACTERS = 6;
/** Edits, as a share of the word's length. */
const FUZZINESS = 0.2;
/** What a reader should hear first when two sections fit alike. */
const README_BOOST = 1.3;

export function createFindSections(documents: readonly DemoDocument[]): FindSections {
  const sections = new Map(documents.flatMap(splitSections).map((section) => [section.id, section]));
  const index = new MiniSearch<Section>({
    fields: ['document', 'heading', 'blocks'],
    // A list is indexed as its text.
    extractField: (section, field) =>
      field === 'blocks' ? section.blocks.join('\n') : String(section[field as keyof Section]),
    processTerm: stem,
    searchOptions: {
      boost: { heading: 4, document: 1.5 },
      prefix: (term) => term.length >= PREFIX_MIN_CHARACTERS,
      fuzzy: (term) => (term.length >= FUZZY_MIN_CHARACTERS ? FUZZINESS : false),
      boostTerm: (term) => (term === OWN_NAME ? OWN_NAME_WEIGHT : 1),
      boostDocument: (id) => (String(id).startsWith('README') ? README_BOOST : 1),
    },
  });
  index.addAll([...sections.values()]);
  return (question) => {
    const words = wordsOf(question);
    const results = index
      .search(words.join(' '))
      .filter(({ queryTerms }) => new Set(queryTerms).size >= words.length * MIN_SHARE_OF_WORDS);
    const enough = (results[0]?.score ?? 0) * MIN_SHARE_OF_SCORE;
    return results.filter(({ score }) => score >= enough).flatMap(({ id }) => sections.get(String(id)) ?? []);
  };
}

/** Each word that counts, once. */
function wordsOf(question: string): string[] {
  const words = question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.filter((word) => !STOP_WORDS.has(word)).map(stem))];
}

/** Plural and singular are one word; more would need a language. */
function stem(word: string): string {
  const lower = word.toLowerCase();
  return lower.length > 3 && lower.endsWith('s') && !lower.endsWith('ss') ? lower.slice(0, -1) : lower;
}
