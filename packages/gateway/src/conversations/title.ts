/** A conversation's name out of its first message. */
import { textOf, type UserPart } from '@rivulet/protocol';

/** One line of a list. */
const TITLE_CHARACTERS = 60;
/** A word longer than the rest is cut: half a title says more than a third. */
const MIN_CHARACTERS = 30;
/** Beyond it there are only more words. */
const LOOKED_AT_CHARS = 4_096;

/** @returns undefined when there is no text. */
export function titleOf(parts: UserPart[]): string | undefined {
  const text = textOf({ parts })
    .slice(0, LOOKED_AT_CHARS)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (text === '') return undefined;
  const characters = Array.from(text); // by code points: half an emoji is no letter
  if (characters.length <= TITLE_CHARACTERS) return text;
  const cut = characters.slice(0, TITLE_CHARACTERS);
  const end = characters[TITLE_CHARACTERS] === ' ' ? TITLE_CHARACTERS : cut.lastIndexOf(' ');
  return `${cut.slice(0, end < MIN_CHARACTERS ? TITLE_CHARACTERS : end).join('')}…`;
}
