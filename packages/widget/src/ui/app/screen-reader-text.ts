/** Pure: the text of an answer that is announced to screen readers. */
import type { MessageOptions } from '../../shell/options.ts';

/** Characters; about half a minute of speech. */
const READ_OUT_LIMIT = 500;

/**
 * Returns the plain text of a short answer on one line. Returns null if only the end of the answer is announced: reading a long one would
 * block the screen reader, and the visitor can navigate to it.
 */
export function screenReaderText(plainText: string, readOut: MessageOptions['readOut']): string | null {
  const words = plainText.replaceAll(/\s+/g, ' ').trim();
  return readOut === 'ready' || words === '' || words.length > READ_OUT_LIMIT ? null : words;
}
