/** The text of a message that a search compares, and the preview of a message in a list. */
import { textOf, type Message } from '@rivulet/protocol';
import { searchText } from './search-text.ts';

/** The text that a search may find. Empty while the run of the message is running, so that a checkpoint does not write the text twice. */
export function completeTextOf(message: Message): string {
  return message.run?.state === 'running' ? '' : textOf(message);
}

/** `completeTextOf` in the form in which it is stored and compared. */
export const searchTextOf = (message: Message): string => searchText(completeTextOf(message));

const PREVIEW_CHARS = 160;

/** The beginning of a message in one line, for a list of conversations: at most 160 UTF-16 code units. */
export function previewOf(message: Message | undefined): string {
  if (message === undefined) return '';
  // Four times the length of a preview, because much of it may be white space.
  const text = textOf(message)
    .slice(0, 4 * PREVIEW_CHARS)
    .replace(/\s+/gu, ' ')
    .trim();
  return text.slice(0, PREVIEW_CHARS).replace(/[\ud800-\udbff]$/, '');
}
