/** Pure: what of an answer a screen reader is given. */
import { plainText } from '../../markdown/index.ts';
import type { MessageOptions } from '../../shell/options.ts';

/** Letters; about half a minute of speech. */
const READ_OUT_LIMIT = 500;

/**
 * A short answer in whole sentences, without the marks of its Markdown; null for one that is only announced: a long one would
 * hold the reader up, and the visitor can walk to it.
 */
export function screenReaderText(markdown: string, readOut: MessageOptions['readOut']): string | null {
  const words = plainText(markdown).replaceAll(/\s+/g, ' ').trim();
  return readOut === 'ready' || words === '' || words.length > READ_OUT_LIMIT ? null : words;
}
