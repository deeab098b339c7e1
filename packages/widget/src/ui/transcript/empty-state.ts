/** Content of an empty conversation: a greeting, and prompts that are sent with one press. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { raise } from '../app/intents.ts';
import type { Strings } from '../i18n/core/en.ts';

/** More would need a menu. */
const MAX_PROMPTS = 4;

/** Renders the greeting and at most four prompts. */
export function renderEmptyState(strings: Strings, prompts: readonly string[]): TemplateResult {
  return html`<div class="empty" part="empty">
    <slot name="empty">
      <h2 class="greeting" dir="auto">${strings.greeting}</h2>
      <p class="greeting-detail" dir="auto">${strings.greetingDetail}</p>
      ${
        prompts.length === 0
          ? nothing
          : html`<ul class="prompts">
              ${prompts.slice(0, MAX_PROMPTS).map((prompt) => html`<li>${renderPrompt(prompt)}</li>`)}
            </ul>`
      }
    </slot>
  </div>`;
}

function renderPrompt(text: string): TemplateResult {
  const send = ({ currentTarget }: Event): void => {
    if (currentTarget !== null) raise(currentTarget, { type: 'send', content: text, source: 'prompt' });
  };
  return html`<button type="button" class="prompt" part="prompt" dir="auto" @click=${send}>${text}</button>`;
}
