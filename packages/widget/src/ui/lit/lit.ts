/** The only door to Lit: whatever is imported from here works on a page that allows no Trusted Types policy. */
import { afterLit } from './without-policy.ts';
import { LitElement as LitElementBase } from 'lit';

export { html, noChange, nothing, render, svg } from 'lit';
export { guard } from 'lit/directives/guard.js';
export { keyed } from 'lit/directives/keyed.js';
export type {
  PropertyValues,
  ReactiveController,
  ReactiveControllerHost,
  SVGTemplateResult,
  TemplateResult,
} from 'lit';
export const LitElement = afterLit(LitElementBase);
