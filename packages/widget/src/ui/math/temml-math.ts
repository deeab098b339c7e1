/** Renders formulas as MathML with temml. Loaded with the first formula. */
import temml from 'temml';
import type { Formula } from '../../markdown/index.ts';
import { lazyStyleSheet } from '../styles/lazy-style-sheet.ts';
import { mathStyles } from './math-styles.ts';

const adoptStyles = lazyStyleSheet(mathStyles);

/** Limits on macro expansions and on lengths in em and pt, so that an answer cannot hang the page. */
const LIMITS = { maxExpand: 500, maxSize: [20, 200] as [number, number] };

/**
 * Renders a formula into `element` with DOM nodes: no HTML strings and no style attributes in strings.
 * @returns false if it is not valid TeX
 */
export function renderFormula(element: HTMLElement, { tex, isDisplay }: Formula): boolean {
  // The element may not be in the page yet.
  queueMicrotask(() => {
    adoptStyles(element);
  });
  // A long formula can be scrolled with the keyboard.
  if (isDisplay) element.tabIndex = 0;
  element.textContent = '';
  try {
    // `trust` stays off: the text can create no links, images or attributes.
    temml.render(tex, element, { displayMode: isDisplay, throwOnError: true, ...LIMITS });
    return true;
  } catch {
    // Not TeX, or a part of TeX that temml does not support: the source is shown.
    return false;
  }
}
