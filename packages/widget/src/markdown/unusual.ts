/**
 * Finds characters that can make a text look like another one: what changes the direction of writing, controls, what is drawn as
 * nothing, and long runs of marks on one letter. How they are shown is loaded with the first text that has one.
 */
import { textOf, type InlineNode } from './inline/inline-node.ts';
import { missedParts } from './inline/missed-parts.ts';
import type { ShownTexts } from './unusual/shown-text.ts';

/**
 * Many of them are no deception, such as the vowels of Hebrew; the joiners of Persian and of emoji, and the selector of emoji, are
 * too common to be found here. DI is short for default ignorable: drawn as nothing.
 */
// eslint-disable-next-line no-misleading-character-class -- joiners and selectors one by one
const UNUSUAL = /(?![\t\n\r\u200c\u200d\ufe0f])[\p{Cc}\p{DI}\u2028\u2029\u2800]|\ufe0f\ufe0f|\p{M}{3}/gu;

let shown: ShownTexts | undefined;
let loading: Promise<boolean> | undefined;

/** Whether a text has characters that may not be shown as they are. */
export const isUnusual = (text: string): boolean => text.search(UNUSUAL) >= 0;

/** Loads the rules. If that fails, the characters stay left out. */
function loadShownTexts(): Promise<boolean> {
  loading ??= import('./unusual/shown-text.ts').then(
    ({ SHOWN_TEXTS }) => {
      shown = SHOWN_TEXTS;
      return true;
    },
    () => false,
  );
  return loading;
}

/**
 * A text as readers may see it. While the rules are not loaded they are noted as missed, and all that is found but marks is left
 * out, so that it never takes effect.
 */
export function shownAs(kind: 'prose' | 'name' | 'code', text: string): string {
  if (!isUnusual(text)) return text;
  if (shown !== undefined) return shown[kind](text);
  missedParts.add(loadShownTexts);
  return text.replace(UNUSUAL, (found) => (/\p{M}/u.test(found) ? found : ''));
}

/** The words of a link are a name: a reader decides by them. */
export const namesIn = (nodes: readonly InlineNode[]): readonly InlineNode[] =>
  shown !== undefined && isUnusual(textOf(nodes)) ? shown.names(nodes) : nodes;
