/** Renders the id by which an operator finds an error in the gateway's log. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Renders nothing for an error without an id. */
export const renderRef = (ref: string | undefined, { errorRef }: Strings): TemplateResult | typeof nothing =>
  ref === undefined ? nothing : html`<small class="ref">${errorRef.replace('{ref}', ref)}</small>`;
