/** Link reference definitions, `[label]: destination "title"`, at the start of a paragraph. They render nothing. */
import {
  normalizeLabel,
  readDestination,
  readLabel,
  readTitle,
  skipSpaceAndLine,
  skipSpaces,
} from '../inline/link-syntax.ts';

/** Longer text at the start of a paragraph is no definition: label, destination and title are bounded. */
export const MAX_DEFINITION_CHARS = 6_000;

/** Target of a label. */
export interface Definition {
  /** Destination as a URI. */
  href: string;
  /** Title; empty if there is none. */
  title: string;
}

/** Definitions by normalized label; the first definition of a label wins. */
export type Definitions = Map<string, Definition>;

/** Definitions at the start of a paragraph. */
export interface SplitDefinitions {
  /** What was found. */
  found: [label: string, Definition][];
  /** The text that remains to be rendered. */
  rest: string;
  /** Offset after the definitions that text to come cannot change. */
  finalEnd: number;
}

/** Splits the definitions off the start of a paragraph, from `offset` on. */
export function splitDefinitions(text: string, offset = 0): SplitDefinitions {
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
