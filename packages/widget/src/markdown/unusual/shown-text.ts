/**
 * How unusual characters are shown. Pure. Loaded with the first text that has one. Real Arabic, Hebrew, Persian and Indic texts,
 * emoji sequences and Mongolian are kept as they are.
 */
/* eslint-disable no-misleading-character-class, no-control-regex -- the classes name controls, marks and selectors one by one */
import type { InlineNode } from '../inline/inline-node.ts';
import { withoutStrayTags } from './emoji-tags.ts';
import { withBalancedDirections } from './directions.ts';

/** Reads a text and returns what may be shown. */
type Show = (text: string) => string;

/** The rules by what the text is. */
export interface ShownTexts {
  /** Prose: direction is balanced, what is invisible and has no use is left out. */
  prose: Show;
  /** What a reader decides by: names of files and tools, texts of links, titles. Nothing changes the order of its letters. */
  name: Show;
  /** Code and data: what is invisible is shown by its number. */
  code: Show;
  /** The nodes of a link, with their texts as names. */
  names: (nodes: readonly InlineNode[]) => readonly InlineNode[];
}

const CONTROLS = /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f]/g;
/** Embeddings, overrides and isolates; the marks, which have no end; and the deprecated format characters. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/g;
const OVERRIDES = /[\u202d\u202e\u206a-\u206f]/g;
/** Line and paragraph separators, which end a line in some places and not in others. */
const SEPARATORS = /[\u2028\u2029]/g;
/** Drawn as nothing, or as a space without being one; a soft hyphen and a break between words have their use in prose. */
const FILLERS = /[\u115f\u1160\u17b4\u17b5\u2060-\u2065\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]/g;
const BREAKS = /[\xad\u034f\u200b]/g;
/** A selector chooses the form of the character before it: a second one has nothing to choose. */
const SELECTORS =
  /([\u180b-\u180d\u180f\ufe00-\ufe0f]|\udb40[\udd00-\uddef])(?:[\u180b-\u180d\u180f\ufe00-\ufe0f]|\udb40[\udd00-\uddef])+/g;
const LONE_SELECTORS = /(^|[\s\p{Cc}])(?:[\u180b-\u180d\u180f\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}])+/gu;

/**
 * Marks that any letter may carry, above and below: two for a Vietnamese vowel, three for phonetic writing. Marks of a script, such
 * as the points and accents of Hebrew or the vowels of Burmese: up to seven. Nothing writes the same mark three times.
 */
const GENERAL_MARKS =
  /([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+/g;
const SAME_MARKS = /(\p{M})\1{2,}/gu;
const MARKS = /(\p{M}{7})\p{M}+/gu;

/** Cuts runs of combining marks, which would be painted over the lines above and below. */
const withFewMarks: Show = (text) =>
  text.replace(SAME_MARKS, '$1$1').replace(GENERAL_MARKS, '$1').replace(MARKS, '$1');

const withoutInvisible: Show = (text) =>
  withoutStrayTags(withFewMarks(text.replace(CONTROLS, '').replace(SEPARATORS, '\n').replace(FILLERS, '')))
    .replace(SELECTORS, '$1')
    .replace(LONE_SELECTORS, '$1');

const prose: Show = (text) => withBalancedDirections(withoutInvisible(text.replace(OVERRIDES, '')));

const name: Show = (text) => withoutInvisible(text.replace(DIRECTION, '').replace(BREAKS, ''));

/** The picture of a control, or its number: what code does must be seen in it. */
function visible(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCharCode(0x2400 + point);
  if (point === 0x7f) return '\u2421';
  return `\u27e8U+${point.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}

const code: Show = (text) =>
  withoutStrayTags(
    withFewMarks(text)
      .replace(CONTROLS, visible)
      .replace(DIRECTION, visible)
      .replace(SEPARATORS, visible)
      .replace(FILLERS, visible)
      .replace(BREAKS, visible)
      .replace(SELECTORS, (run, first: string) => first + run.slice(first.length).replace(/./gsu, visible)),
    visible,
  );

function withName(node: InlineNode): InlineNode {
  if (node.kind === 'text') return { ...node, text: name(node.text) };
  return 'children' in node ? { ...node, children: node.children.map(withName) } : node;
}

/** The rules for unusual characters. */
export const SHOWN_TEXTS: ShownTexts = { prose, name, code, names: (nodes) => nodes.map(withName) };
