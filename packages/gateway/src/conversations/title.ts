/** A conversation's name out of its first message. */
import { textOf, type UserPart } from '@rivulet/protocol';

/** One line of a list. */
const TITLE_LETTERS = 60;
/** A word longer than the rest is cut: half a title says more than a third. */
const MIN_LETTERS = 30;
/** Beyond it there are only more words. */
const LOOKED_AT_CHARS = 4_096;

/** @returns undefined when there is no text. */
export function titleOf(parts: UserPart[]): string | undefined {
  const text = textOf({ parts })
    .slice(0, LOOKED_AT_CHARS)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (text === '') return undefined;
  const letters = Array.from(text); // by code points: half an emoji is no letter
  if (letters.length <= TITLE_LETTERS) return text;
  const cut = letters.slice(0, TITLE_LETTERS);
  const end = letters[TITLE_LETTERS] === ' ' ? TITLE_LETTERS : cut.lastIndexOf(' ');
  return `${cut.slice(0, end < MIN_LETTERS ? TITLE_LETTERS : end).join('')}…`;
}
