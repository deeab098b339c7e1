/** The text of content that is moderated as a whole: what a reader could see of it. Pure. */
import { textsIn, textsInJson } from '../../moderation/texts-in.ts';
import type { Content } from '../reply.ts';

/**
 * The texts of a tool call, a source without its id, which is never shown, or data, one in each line. The texts in JSON are read, so
 * that escapes hide nothing.
 */
export function moderatedTextOf(contents: readonly Content[]): string {
  const texts: string[] = [];
  let input = '';
  for (const content of contents) {
    if (content.type === 'tool-call-started') texts.push(content.name);
    else if (content.type === 'tool-call-delta') input += content.text;
    else if (content.type === 'source') texts.push(content.title, content.url ?? '', content.excerpt ?? '');
    else if (content.type === 'data') texts.push(content.name, ...textsIn(content.value));
  }
  if (input !== '') texts.push(...textsInJson(input));
  return texts.filter((text) => text !== '').join('\n');
}
