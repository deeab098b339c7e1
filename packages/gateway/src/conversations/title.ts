/** Derives the title of a conversation from its first message. */
import { textOf, type UserPart } from '@rivulet/protocol';

/** Fits on one line of the conversation list. */
const TITLE_CHARACTERS = 60;
/** A cut at a word boundary keeps at least this much; otherwise the last word is cut. */
const MIN_CHARACTERS = 30;
/** Bounds the work for a long message; far more than a title needs. */
const MAX_INPUT_CHARS = 4_096;

/** Bounds the work of removing marks. */
const MAX_MARKED_CHARS = 600;

/**
 * The title: at most 60 characters and an ellipsis. The name of the first file when the parts contain no text.
 * @returns undefined when they contain neither
 */
export function titleOf(parts: UserPart[]): string | undefined {
  const text = textOf({ parts })
    .slice(0, MAX_INPUT_CHARS)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const plain = withoutMarks(text.slice(0, MAX_MARKED_CHARS)) + text.slice(MAX_MARKED_CHARS);
  return plain === '' ? nameOfFile(parts) : cutTitle(plain);
}

const nameOfFile = (parts: UserPart[]): string | undefined => {
  const file = parts.find((part) => part.type === 'file');
  return file === undefined ? undefined : cutTitle(file.name);
};

/** Removes what Markdown and pasted links add to the words: marks at the start, emphasis, code, the address of a link. */
function withoutMarks(text: string): string {
  return text
    .replace(/^(?:(?:#{1,6}|>|[-*+]|\d+[.)]) )+/, '')
    .replaceAll(/!?\[([^\]]{1,200})\]\([^)]{1,500}\)/g, '$1')
    .replaceAll(/(?<![\w*_`~])(\*{1,3}|_{1,3}|~~|`{1,3})(?=\S)([^*_`~]{1,200})(?<=\S)\1(?![\w*_`~])/g, '$2')
    .trim();
}

function cutTitle(text: string): string {
  const characters = Array.from(text); // by code points, so that no surrogate pair is cut
  if (characters.length <= TITLE_CHARACTERS) return text;
  const cut = characters.slice(0, TITLE_CHARACTERS);
  const end = characters[TITLE_CHARACTERS] === ' ' ? TITLE_CHARACTERS : cut.lastIndexOf(' ');
  return `${cut.slice(0, end < MIN_CHARACTERS ? TITLE_CHARACTERS : end).join('')}…`;
}
