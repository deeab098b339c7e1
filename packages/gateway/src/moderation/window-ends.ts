/** Where a text may be cut for a check. Pure. */

/** A sentence ends here, in most scripts; a line ends as well. Only the last characters are looked at. */
const SENTENCE_END = /(?:[.!?…؟۔।]["')\]»”’]*\s|[。！？…][」』”’]*|\n)$/u;
const MAX_END_CHARS = 8;

/** Whether the text ends with a sentence or a line. */
export const isSentenceEnd = (text: string): boolean => SENTENCE_END.test(text.slice(-MAX_END_CHARS));

/** The length of the text without the first half of a surrogate pair at its end. */
export function wholeEnd(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}
