/** Derives the title of a conversation from its first message. */
import { textOf, type UserPart } from '@rivulet/protocol';

/** Fits on one line of the conversation list. */
const TITLE_CHARACTERS = 60;
/** A cut at a word boundary keeps at least this much; otherwise the last word is cut. */
const MIN_CHARACTERS = 30;
/** Bounds the work for a long message; far more than a title needs. */
const MAX_INPUT_CHARS = 4_096;

/** The title: at most 60 characters and an ellipsis. @returns undefined when the parts contain no text. */
export function titleOf(parts: UserPart[]): string | undefined {
  const text = textOf({ parts })
    .slice(0, MAX_INPUT_CHARS)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (text === '') return undefined;
  const characters = Array.from(text); // by code points, so that no surrogate pair is cut
  if (characters.length <= TITLE_CHARACTERS) return text;
  const cut = characters.slice(0, TITLE_CHARACTERS);
  const end = characters[TITLE_CHARACTERS] === ' ' ? TITLE_CHARACTERS : cut.lastIndexOf(' ');
  return `${cut.slice(0, end < MIN_CHARACTERS ? TITLE_CHARACTERS : end).join('')}…`;
}
