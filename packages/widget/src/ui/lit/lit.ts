/** The only module that imports Lit. What it exports works on pages that allow no Trusted Types policy. */
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
/** Lit's base class, evaluated after the page's globals were restored. */
export const LitElement = afterLit(LitElementBase);
// Lit looks for properties that decorators declared in one of those globals. No element of ours has any, which null tells it.
Object.defineProperty(LitElement, Symbol.metadata, { value: null });
