/** What a word list may be, in the options of a moderator and in the configuration. */
import * as v from 'valibot';
import { foldText } from './fold-text.ts';
import { readEntry } from './word-automaton.ts';

/** Far more than people keep up to date by hand. */
const MAX_WORDS = 10_000;
const MAX_WORD_CHARS = 200;
const WORD_PROBLEM = `expected a word or phrase of 1 to ${MAX_WORD_CHARS} characters that are drawn, with or without * at its ends`;
const LIST_PROBLEM = `expected 1 to ${MAX_WORDS} words and phrases`;

/** Words and phrases. */
export const WordListSchema = v.pipe(
  v.array(
    v.pipe(
      v.string(WORD_PROBLEM),
      v.maxLength(MAX_WORD_CHARS, WORD_PROBLEM),
      v.check((word) => foldText(readEntry(word).text).length > 0, WORD_PROBLEM),
    ),
    LIST_PROBLEM,
  ),
  v.minLength(1, LIST_PROBLEM),
  v.maxLength(MAX_WORDS, LIST_PROBLEM),
);
