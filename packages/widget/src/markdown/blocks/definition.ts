/**
 * Link reference definitions, `[label]: destination "title"`, at the start of a paragraph. They render nothing. Their reader comes with
 * the rare syntax.
 */
import { missedParts } from '../inline/missed-parts.ts';

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

/** Splits the definitions off the start of a paragraph, from an offset on where `[label]:` is. */
export type Split = (text: string, offset: number) => SplitDefinitions;

const BEGINNING = /\[(?:[^[\]\\]|\\[^]){1,999}\]:/y;

/** Until the reader of definitions is loaded, the paragraph is hidden. */
let split: Split = (_text, offset) => {
  missedParts.add('rare');
  return { found: [], rest: '', finalEnd: offset };
};

/** Sets the reader of definitions. */
export function splitWith(loaded: Split): void {
  split = loaded;
}

/** A paragraph without definitions. */
export const withoutDefinitions: Split = (text, offset) => ({
  found: [],
  rest: text.slice(offset),
  finalEnd: offset,
});

/** Splits the definitions off the start of a paragraph, from `offset` on. */
export function splitDefinitions(text: string, offset = 0): SplitDefinitions {
  BEGINNING.lastIndex = offset;
  return (BEGINNING.test(text) ? split : withoutDefinitions)(text, offset);
}
