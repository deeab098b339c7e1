/** Icons: 24 × 24 units, stroke width 1.75, in `currentColor`. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from '../lit/lit.ts';

/** Builds an icon from its shapes. */
export const icon = (outline: SVGTemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${outline}</svg>`;

/** Arrow up: send. */
export const sendIcon = icon(svg`<path d="M12 19V5.5M6 11.2 12 5l6 6.2" />`);
/** Square: stop. */
export const stopIcon = icon(svg`<rect class="solid" x="6" y="6" width="12" height="12" rx="2.5" />`);
/** Cross: close. */
export const closeIcon = icon(svg`<path d="m6.5 6.5 11 11m0-11-11 11" />`);
/** Two arrows apart: enlarge. */
export const enlargeIcon = icon(svg`<path d="M13.5 5H19v5.5M19 5l-6 6M10.5 19H5v-5.5M5 19l6-6" />`);
/** Pen on paper: new conversation. */
export const newIcon = icon(
  svg`<path d="M11 5H7.5A2.5 2.5 0 0 0 5 7.5v9A2.5 2.5 0 0 0 7.5 19h9a2.5 2.5 0 0 0 2.5-2.5V13" /><path d="M17.7 4.3a1.4 1.4 0 0 1 2 2L13 13l-2.7.7L11 11z" />`,
);
/** Three dots: menu. */
export const menuIcon = icon(
  svg`<g class="solid"><circle cx="12" cy="6" r="1.6" /><circle cx="12" cy="12" r="1.6" /><circle cx="12" cy="18" r="1.6" /></g>`,
);
/** Arrow down: scroll to the latest message. */
export const downIcon = icon(svg`<path d="M12 5v13.5M6 12.8l6 6.2 6-6.2" />`);
/** Exclamation mark: problem. */
export const alertIcon = icon(
  svg`<circle cx="12" cy="12" r="8" /><path d="M12 8.2v4.4" /><path d="M12 15.7v.1" />`,
);
/** Chevron right: next version. */
export const chevronIcon = icon(svg`<path d="m9.5 6.5 5.5 5.5-5.5 5.5" />`);
/** Clock: pending. */
export const clockIcon = icon(svg`<circle cx="12" cy="12" r="7.5" /><path d="M12 8v4.2l2.6 1.6" />`);
/** Wave: default mark of the header. */
export const waveIcon = icon(
  svg`<path d="M4.5 9.5c2.5-2 5-2 7.5 0s5 2 7.5 0" /><path d="M4.5 14.5c2.5-2 5-2 7.5 0s5 2 7.5 0" />`,
);
