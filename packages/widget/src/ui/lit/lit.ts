/** The only module that imports lit-html. What it exports works on pages that allow no Trusted Types policy. */
import { afterLit } from './without-policy.ts';
import { render as renderTemplate } from 'lit-html';

export { html, noChange, nothing, svg } from 'lit-html';
export { guard } from 'lit-html/directives/guard.js';
export { keyed } from 'lit-html/directives/keyed.js';
export type { SVGTemplateResult, TemplateResult } from 'lit-html';
/** Renders a template into an element. Evaluated after the page's globals were restored. */
export const render = afterLit(renderTemplate);
