/** What a search looks at: folded the same way when it is written and when it is asked for, whatever the database's language. */
import { textOf, type Message } from '@rivulet/protocol';

/** No difference between cases, nor between an accented letter and a letter with an accent; nothing that a database refuses. */
export function searchText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\0', '')
    .replace(/\p{Cs}/gu, '\ufffd');
}

/** Empty while it is being written: a checkpoint every second should not carry its text twice. */
export function searchTextOf(message: Message): string {
  return message.run?.state === 'running' ? '' : searchText(textOf(message));
}

const PREVIEW_CHARS = 160;

/** The beginning of a message in one line, for a list. */
export function previewOf(message: Message | undefined): string {
  if (message === undefined) return '';
  // More than a preview of it need not be looked at: white space may be most of it.
  const text = textOf(message)
    .slice(0, 4 * PREVIEW_CHARS)
    .replace(/\s+/gu, ' ')
    .trim();
  return text.slice(0, PREVIEW_CHARS).replace(/[\ud800-\udbff]$/, '');
}
