/** Renders `suggestions`: replies that the visitor may want to send, below the last answer. */
import type { Part } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { raise } from '../app/intents.ts';
import { readDataPart } from './read-data-part.ts';
import type { RichContext } from './rich-context.ts';

/** Renders the last such part, until the conversation continues. */
export function renderSuggestions(
  parts: readonly Part[],
  { from, strings }: Pick<RichContext, 'from' | 'strings'>,
): TemplateResult | typeof nothing {
  if (!from.isLast || from.isBusy || !from.isWhole) return nothing;
  const texts = parts.flatMap((part) => {
    const read = part.type === 'data' ? readDataPart(part) : undefined;
    return read?.name === 'suggestions' ? [read.value] : [];
  });
  const last = texts.at(-1);
  if (last === undefined) return nothing;
  return html`<ul class="suggestions" aria-label=${strings.suggestions}>
    ${last.map((text) => html`<li>${renderSuggestion(text)}</li>`)}
  </ul>`;
}

function renderSuggestion(content: string): TemplateResult {
  const send = ({ currentTarget }: Event): void => {
    if (currentTarget !== null) raise(currentTarget, { type: 'send', content, source: 'prompt' });
  };
  return html`<button type="button" class="prompt" part="prompt" dir="auto" @click=${send}>
    ${SHOWN_TEXTS.name(content)}
  </button>`;
}
