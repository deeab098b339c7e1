/** The moderator with a list of words and phrases. */
import type { Moderator } from './moderator.ts';
import { buildAutomaton } from './word-automaton.ts';
import { WordScan } from './word-scan.ts';
import { WordListSchema } from './word-list.ts';
import * as v from 'valibot';

/** Options of `createWordModerator`. */
export interface WordModeratorOptions {
  /**
   * Words and phrases: at most 10,000 of at most 200 characters. Whole words are found, whatever their case, with or without marks on
   * letters; a `*` at an end stands for any rest of a word: `ban*` finds bans, `*ban` urban.
   */
  words: readonly string[];
  /** The name in logs and metrics. Default: `words`. */
  name?: string;
}

/**
 * Creates a moderator with a word list. It holds back only what could be the beginning of an entry, and needs time in proportion to the
 * text, whatever the list.
 * @throws {TypeError} for a list that is too long, or an entry that is empty or too long
 */
export function createWordModerator({ words, name = 'words' }: WordModeratorOptions): Moderator {
  const problem = v.safeParse(WordListSchema, words).issues?.[0].message;
  if (problem !== undefined) throw new TypeError(`words: ${problem}`);
  const root = buildAutomaton(words);
  return {
    name,
    open(_subject, listener, signal) {
      const scan = new WordScan(root);
      let isOver = false;
      let length = 0;
      const report = (found: ReturnType<WordScan['end']>, clearChars: () => number) => {
        if (found === undefined) listener.passed(clearChars());
        else {
          isOver = true;
          listener.blocked(`entry ${found.place}`);
        }
      };
      return {
        push(piece) {
          if (isOver || signal.aborted) return;
          length += piece.length;
          report(scan.push(piece), () => scan.clearChars);
        },
        end() {
          if (isOver || signal.aborted) return;
          isOver = true;
          report(scan.end(), () => length);
        },
      };
    },
  };
}
