/** The text that a search compares. Stored texts and queries are normalised alike, independently of the database's locale. */
import { textOf, type Message } from '@rivulet/protocol';

/** Normalises to NFC and lower case, and removes what databases refuse: NUL, and lone surrogates. */
export function searchText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\0', '')
    .replace(/\p{Cs}/gu, '\ufffd');
}

/** The searchable text of a message. Empty while its run is running, so that a checkpoint does not write the text twice. */
export function searchTextOf(message: Message): string {
  return message.run?.state === 'running' ? '' : searchText(textOf(message));
}

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
