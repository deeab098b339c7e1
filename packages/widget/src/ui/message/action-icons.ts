/** Icons of the actions below a message. */
import { icon } from '../styles/icons.ts';
import { svg, type TemplateResult } from '../lit/lit.ts';

/** Circular arrow: regenerate or retry. */
export const againIcon: TemplateResult = icon(
  svg`<path d="M19 12a7 7 0 1 1-2.2-5.1L19 9" /><path d="M19 4.5V9h-4.5" />`,
);
/** Check mark: copied. */
export const checkIcon: TemplateResult = icon(svg`<path d="m5.5 12.5 4.2 4.2 8.8-9.2" />`);
/** Two sheets: copy. */
export const copyIcon: TemplateResult = icon(
  svg`<rect x="9" y="9" width="10.5" height="10.5" rx="2.5" /><path d="M15 6.5A2 2 0 0 0 13 4.5H6.5a2 2 0 0 0-2 2V13a2 2 0 0 0 2 2" />`,
);
/** Thumb up; the style sheet rotates it for thumb down. */
export const thumbIcon: TemplateResult = icon(
  svg`<path d="M7.5 11v8.5H5.5a1 1 0 0 1-1-1V12a1 1 0 0 1 1-1zM7.5 11l3.6-6.5a2.1 2.1 0 0 1 2.5 2.5l-.6 2.9h4.7a1.9 1.9 0 0 1 1.8 2.3l-1.3 5.6a2.2 2.2 0 0 1-2.1 1.7H7.5" />`,
);
/** Pen: edit. */
export const editIcon: TemplateResult = icon(
  svg`<path d="m14.5 6.5 3 3M5 19l.8-3.8L16 5a2.1 2.1 0 0 1 3 3L8.8 18.2z" />`,
);
