/** Asks the visitor for consent before anything is sent or stored. */
import type { AppSettings } from '../../shell/app-contract.ts';
import { raise } from '../app/intents.ts';
import { safeHref } from '../rich/rich-format.ts';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { agree, reportConsent } from './consent.ts';
import type { MenuStrings } from '../i18n/menu-strings.ts';

/**
 * Renders the question.
 * @param side element from which the decision is dispatched
 */
export function renderConsent(
  side: HTMLElement & { readonly settings: AppSettings },
  strings: MenuStrings,
): TemplateResult {
  const { site, options } = side.settings;
  const { text = strings.consentText, url } = options.privacy?.consent ?? {};
  const href = safeHref(url);
  return html`<div class="side" part="consent" role="region" aria-label=${strings.consentTitle}>
    <h2 class="title">${strings.consentTitle}</h2>
    <p class="side-text" dir="auto">
      ${text}
      ${
        href === undefined
          ? nothing
          : html`<a href=${href} target="_blank" rel="noopener noreferrer">${strings.consentLink}</a>`
      }
    </p>
    <div class="side-buttons">
      <button
        type="button"
        class="side-action is-main"
        data-takes-focus
        @click=${() => {
          agree(site);
          reportConsent(side, 'agreed');
        }}
      >
        ${strings.agree}
      </button>
      <button
        type="button"
        class="side-action"
        @click=${() => {
          reportConsent(side, 'declined');
          raise(side, { type: 'close' });
        }}
      >
        ${strings.notNow}
      </button>
    </div>
  </div>`;
}
