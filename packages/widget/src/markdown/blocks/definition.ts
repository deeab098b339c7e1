/** Link reference definitions, `[label]: destination "title"`, which stand at the start of a paragraph and show nothing. */
import {
  normalizeLabel,
  readDestination,
  readLabel,
  readTitle,
  skipSpaceAndLine,
  skipSpaces,
} from '../inline/link-syntax.ts';

export interface Definition {
  href: string;
  title: string;
}

/** Where references find their link; the first definition of a label wins. */
export type Definitions = Map<string, Definition>;

/** Takes the definitions off the start of a paragraph's `text`; `rest` is what remains to be shown. */
export function splitDefinitions(text: string): { found: [label: string, Definition][]; rest: string } {
  const found: [string, Definition][] = [];
  let offset = 0;
  while (text[offset] === '[') {
    const definition = readDefinition(text, offset);
    if (!definition) break;
    found.push([definition.label, { href: definition.href, title: definition.title }]);
    offset = definition.end;
  }
  return { found, rest: text.slice(offset) };
}

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

/** The start of the next line when only spaces are left on this one. */
function endOfLine(text: string, offset: number): number | undefined {
  const at = skipSpaces(text, offset);
  if (at >= text.length) return at;
  return text[at] === '\n' ? at + 1 : undefined;
}
