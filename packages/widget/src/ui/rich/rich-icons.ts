/** Icons of rich parts. */
import { icon } from '../styles/icons.ts';
import { svg, type TemplateResult } from '../lit/lit.ts';

/** Sheet of paper: file. */
export const fileIcon: TemplateResult = icon(
  svg`<path d="M13 4.5H8A2 2 0 0 0 6 6.5v11a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2v-8z" /><path d="M13 4.5v5h5" />`,
);
/** Wrench: tool call. */
export const toolIcon: TemplateResult = icon(
  svg`<path d="m4.5 17.5 5.6-5.6" /><path d="M14.8 4.7a4.3 4.3 0 0 0-4.5 5.8l3.2 3.2a4.3 4.3 0 0 0 5.8-4.5l-2.7 2.3-2.3-.6-.6-2.3z" /><path d="M9.4 14.6 6.5 17.5a1.4 1.4 0 0 1-2-2l2.9-2.9" />`,
);
