/** Renders the line below an answer that waits: for its turn at the model, or until a failed request is repeated. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { RichContext } from './rich-context.ts';

/** Renders the line, which screen readers read when it appears. */
export function renderRunWait({ from, strings }: RichContext): TemplateResult | typeof nothing {
  const { waiting } = from.item.message.run ?? {};
  if (waiting === undefined) return nothing;
  return html`<p class="answer-notice" part="answer-notice" dir="auto" role="status">
    ${waiting === 'retry' ? strings.waitsForRetry : strings.waitsForTurn}
  </p>`;
}
