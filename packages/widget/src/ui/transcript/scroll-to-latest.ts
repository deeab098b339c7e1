/** Button that scrolls to the latest message while the end is out of view. */
import { downIcon } from '../styles/icons.ts';
import { html, type TemplateResult } from '../lit/lit.ts';
import type { Strings } from '../i18n/core/en.ts';

/**
 * Renders the button.
 *
 * @param news text about messages that arrived meanwhile; empty if there are none, undefined while the end is in view
 */
export const renderScrollToLatest = (
  { toLatest }: Strings,
  news: string | undefined,
  go: () => void,
): TemplateResult =>
  html`<div class="latest" ?hidden=${news === undefined}>
    <button
      type="button"
      class="to-latest"
      part="to-latest"
      aria-label=${news ? `${news} – ${toLatest}` : toLatest}
      @click=${go}
    >
      ${downIcon}${news && html`<span>${news}</span>`}
    </button>
  </div>`;
