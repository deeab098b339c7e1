/** Link reference definitions, `[label]: destination "title"`, at the start of a paragraph. They render nothing. */
import {
  normalizeLabel,
  readDestination,
  readLabel,
  readTitle,
  skipSpaceAndLine,
  skipSpaces,
} from '../inline/link-syntax.ts';

/** Target of a label. */
export interface Definition {
  /** Destination as a URI. */
  href: string;
  /** Title; empty if there is none. */
  title: string;
}

/** Definitions by normalized label; the first definition of a label wins. */
export type Definitions = Map<string, Definition>;

/** Splits the definitions off the start of a paragraph; `rest` is the text that remains to be rendered. */
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

/** Start of the next line if only spaces follow on this one. */
function endOfLine(text: string, offset: number): number | undefined {
  const at = skipSpaces(text, offset);
  if (at >= text.length) return at;
  return text[at] === '\n' ? at + 1 : undefined;
}
