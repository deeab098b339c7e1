/** Full-text search for the sections of the documents that answer a question. */
import MiniSearch from 'minisearch';
import type { DemoDocument } from './documents.ts';
import { splitPassages, type Passage } from './passages.ts';

/** Returns the sections that match a question, best first; empty when the question is about something else. */
export type FindPassages = (question: string) => Passage[];

const STOP_WORDS = new Set(
  (
    'a about all also am an and any are as at be been but by can could did do does for from get give had has have he how i if in ' +
    'into is it its just know like make many may me more much my need no not of on one or our please should show so some tell than ' +
    'that the their them then there these they this to up us use used using want was way we were what when where which who why ' +
    'will with work works would you your explain describe mean means thing things happen happens exactly actually really change set see find look try possible able support'
  ).split(' '),
);
/** Words of questions, and the words of the documents for the same thing. */
const SYNONYMS = new Map<string, readonly string[]>(
  Object.entries({
    install: ['start', 'script'],
    setup: ['start', 'install'],
    embed: ['script', 'page'],
    add: ['script', 'page'],
    put: ['script', 'page'],
    network: ['connection', 'reconnect', 'offline'],
    drop: ['reconnect', 'resume', 'lost'],
    disconnect: ['reconnect', 'resume', 'detach'],
    offline: ['reconnect', 'outbox'],
    crash: ['kill', 'restart', 'interrupted'],
    cancel: ['abort', 'stop'],
    stop: ['abort'],
    store: ['database', 'sqlite', 'kept'],
    kept: ['keep', 'hold'],
    database: ['store', 'sqlite', 'postgres'],
    secret: ['key', 'token'],
    safe: ['security', 'csp'],
    secure: ['security', 'csp'],
    login: ['auth', 'identify', 'token'],
    colour: ['theme', 'accent'],
    color: ['theme', 'accent'],
    style: ['theme', 'css'],
    language: ['locale'],
    scale: ['node', 'redi'], // as `stem` leaves them
    scaling: ['node', 'redi'],
    fast: ['performance', 'measured', 'latency'],
    price: ['license', 'cost'],
    cost: ['license', 'price'],
  }),
);
const SYNONYM_WEIGHT = 0.4;
/** It occurs on every page, so it says little about which section is meant. */
const OWN_NAME = 'rivulet';
const OWN_NAME_WEIGHT = 0.2;
/** The share of a question's significant words that a section must contain. */
const MIN_SHARE_OF_WORDS = 0.6;
/** A section whose score is below this share of the best one is left out. */
const MIN_SHARE_OF_SCORE = 0.35;
const PREFIX_MIN_CHARACTERS = 4;
const FUZZY_MIN_CHARACTERS = 6;
/** Bounds the cost of a question: a fuzzy search is slow for long words, and for many words. */
const QUESTION_MAX_CHARACTERS = 500;
const WORD_MAX_CHARACTERS = 30;
/** The allowed edit distance, as a share of the length of the word. */
const FUZZINESS = 0.2;
/** The README is preferred when two sections match equally well. */
const README_BOOST = 1.3;

/** Builds an index of the documents and returns the search. */
export function createFindPassages(documents: readonly DemoDocument[]): FindPassages {
  const passages = new Map(documents.flatMap(splitPassages).map((passage) => [passage.id, passage]));
  const index = new MiniSearch<Passage>({
    fields: ['document', 'heading', 'blocks'],
    // The blocks of a section are indexed as one text.
    extractField: (passage, field) =>
      field === 'blocks' ? passage.blocks.join('\n') : String(passage[field as keyof Passage]),
    processTerm: stem,
    searchOptions: {
      boost: { heading: 4, document: 1.5 },
      prefix: (term) => term.length >= PREFIX_MIN_CHARACTERS,
      fuzzy: (term) => (term.length >= FUZZY_MIN_CHARACTERS ? FUZZINESS : false),
      boostDocument: (id) => (String(id).startsWith('README') ? README_BOOST : 1),
    },
  });
  index.addAll([...passages.values()]);
  return (question) => {
    const words = wordsOf(question);
    const terms = [...new Set(words.flatMap(withSynonyms))];
    const boostTerm = (term: string) =>
      term === OWN_NAME ? OWN_NAME_WEIGHT : words.includes(term) ? 1 : SYNONYM_WEIGHT;
    const results = index
      .search(terms.join(' '), { boostTerm })
      .filter(({ queryTerms }) => shareOf(words, queryTerms) >= MIN_SHARE_OF_WORDS);
    const enough = (results[0]?.score ?? 0) * MIN_SHARE_OF_SCORE;
    return results.filter(({ score }) => score >= enough).flatMap(({ id }) => passages.get(String(id)) ?? []);
  };
}

const withSynonyms = (word: string): readonly string[] => [word, ...(SYNONYMS.get(word) ?? [])];

/** The share of the question's words that were found, themselves or by a synonym. */
function shareOf(words: readonly string[], found: readonly string[]): number {
  const isFound = (word: string) => withSynonyms(word).some((term) => found.includes(term));
  return words.filter(isFound).length / Math.max(1, words.length);
}

/** The significant words of a question, stemmed and without duplicates. Rivulet's own name counts only when it is alone. */
export function wordsOf(question: string): string[] {
  const all =
    question
      .slice(0, QUESTION_MAX_CHARACTERS)
      .toLowerCase()
      .match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  const counting = all.filter((word) => !STOP_WORDS.has(word) && word.length <= WORD_MAX_CHARACTERS);
  const words = [...new Set(counting.map(stem))];
  const others = words.filter((word) => word !== OWN_NAME);
  return others.length > 0 ? others : words;
}

/** Removes the plural ending. A real stemmer would need to know the language. */
function stem(word: string): string {
  const lower = word.toLowerCase();
  if (lower.length <= 3 || lower.endsWith('ss')) return lower;
  return lower.replace(/(?<=sh|ch|x)es$|s$/, '');
}
