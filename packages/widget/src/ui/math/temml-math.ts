/** Formulas as MathML, by temml. Loaded with the first formula of a page whose site asks for formulas. */
import temml from 'temml';
import type { Formula } from '../../markdown/index.ts';
import { lateSheet } from '../styles/late-sheet.ts';
import { mathStyles } from './math-styles.ts';

const adoptStyles = lateSheet(mathStyles);

/** Macros that call each other may expand this often, and lengths be this long, in em and pt: an answer cannot hang the page. */
const LIMITS = { maxExpand: 500, maxSize: [20, 200] as [number, number] };

/** Fills `element` with nodes: no HTML string, no style attribute in one. @returns false when it is no formula */
export function renderFormula(element: HTMLElement, { tex, isDisplay }: Formula): boolean {
  // It may be on its way into the page.
  queueMicrotask(() => {
    adoptStyles(element);
  });
  // A long one is scrolled, by keyboard as well.
  if (isDisplay) element.tabIndex = 0;
  element.textContent = '';
  try {
    // `trust` stays off: no links, no images, no attributes from the text.
    temml.render(tex, element, { displayMode: isDisplay, throwOnError: true, ...LIMITS });
    return true;
  } catch {
    // Not TeX, or not the part of it that temml knows: the visitor gets the words as they were written.
    return false;
  }
}
