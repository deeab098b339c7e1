/** The only module that imports Lit. What it exports works on pages that allow no Trusted Types policy. */
import { afterLit } from './without-policy.ts';
import { render as renderTemplate } from 'lit/html.js';

export { html, noChange, nothing, svg } from 'lit/html.js';
export { guard } from 'lit/directives/guard.js';
export { keyed } from 'lit/directives/keyed.js';
export type { SVGTemplateResult, TemplateResult } from 'lit/html.js';
/** Renders a template into an element. Evaluated after the page's globals were restored. */
export const render = afterLit(renderTemplate);
