/** Icons of attachments. */
import { icon } from '../../styles/icons.ts';
import { svg, type TemplateResult } from '../../lit/lit.ts';

/** Paper clip: attach a file. */
export const attachIcon: TemplateResult = icon(
  svg`<path d="m19 11.5-6.9 6.9a4.5 4.5 0 0 1-6.4-6.4l7.3-7.3a3 3 0 0 1 4.3 4.3l-7.2 7.2a1.5 1.5 0 0 1-2.2-2.2l6.5-6.5" />`,
);
/** Cross: remove a file. */
export const removeIcon: TemplateResult = icon(svg`<path d="m7.5 7.5 9 9M16.5 7.5l-9 9" />`);
