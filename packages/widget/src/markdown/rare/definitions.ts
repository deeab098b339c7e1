/** Reads link reference definitions. */
import type { Definition, Split } from '../blocks/definition.ts';
import {
  normalizeLabel,
  readDestination,
  readLabel,
  readTitle,
  skipSpaceAndLine,
  skipSpaces,
} from '../inline/link-syntax.ts';

/** Splits the definitions off the start of a paragraph. */
export const readDefinitions: Split = (text, start) => {
  let offset = start;
  const found: [string, Definition][] = [];
  let finalEnd = offset;
  while (text[offset] === '[') {
    const definition = readDefinition(text, offset);
    if (!definition) break;
    found.push([definition.label, { href: definition.href, title: definition.title }]);
    offset = definition.end;
    // On the next line a title may follow.
    if (/[^"'(]/.test(text.charAt(offset))) finalEnd = offset;
  }
  return { found, rest: text.slice(offset), finalEnd };
};

function readDefinition(text: string, offset: number) {
  const label = readLabel(text, offset);
  if (label.kind !== 'found' || text[label.end] !== ':') return undefined;
  const key = normalizeLabel(label.value);
  const start = skipSpaceAndLine(text, label.end + 1);
  const destination = readDestination(text, start);
  if (key === '' || destination.kind !== 'found' || destination.end === start) return undefined;
  const titleStart = skipSpaceAndLine(text, destination.end);
  const title = titleStart > destination.end ? readTitle(text, titleStart) : undefined;
  const afterTitle = title?.kind === 'found' ? endOfLine(text, title.end) : undefined;
  if (title?.kind === 'found' && afterTitle !== undefined) {
    return { label: key, href: destination.value, title: title.value, end: afterTitle };
  }
  const end = endOfLine(text, destination.end);
  return end === undefined ? undefined : { label: key, href: destination.value, title: '', end };
}

/** Start of the next line if only spaces follow on this one. */
function endOfLine(text: string, offset: number): number | undefined {
  const at = skipSpaces(text, offset);
  if (at >= text.length) return at;
  return text[at] === '\n' ? at + 1 : undefined;
}
