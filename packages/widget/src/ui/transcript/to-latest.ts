/** The way back to the end, while the end is out of sight. */
import { downIcon } from '../styles/icons.ts';
import { html, type TemplateResult } from '../lit/lit.ts';
import type { Strings } from '../i18n/core/en.ts';

/** @param news what came meanwhile, in words; empty when it was nothing, undefined while the end is in sight */
export const renderToLatest = (
  { toLatest }: Strings,
  news: string | undefined,
  go: () => void,
): TemplateResult =>
  html`<button
    type="button"
    class="to-latest"
    part="to-latest"
    aria-label=${news ? `${news} – ${toLatest}` : toLatest}
    ?hidden=${news === undefined}
    @click=${go}
  >
    ${downIcon}${news && html`<span>${news}</span>`}
  </button>`;
