/** Renders a `card`: an item with image, text and actions. */
import type { Card, CardAction } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { raise } from '../app/intents.ts';
import { isAllowedImage, safeHref } from './rich-format.ts';
import type { RichContext } from './rich-context.ts';

/** Renders the card. */
export function renderCard(card: Card, { settings }: Pick<RichContext, 'settings'>): TemplateResult {
  const { image, actions = [] } = card;
  const title = SHOWN_TEXTS.name(card.title);
  const text = card.text === undefined ? undefined : SHOWN_TEXTS.prose(card.text);
  const origins = settings.options.messages?.imageOrigins;
  return html`<div class="card" part="card" role="group" aria-label=${title}>
    ${
      image !== undefined && isAllowedImage(image.url, origins)
        ? html`<img
            class="card-image"
            src=${image.url}
            alt=${image.alt}
            loading="lazy"
            referrerpolicy="no-referrer"
          />`
        : nothing
    }
    <div class="card-title" dir="auto">${title}</div>
    ${text === undefined ? nothing : html`<div class="card-text" dir="auto">${text}</div>`}
    ${actions.length === 0 ? nothing : html`<div class="card-actions">${actions.map(renderAction)}</div>`}
  </div>`;
}

function renderAction(action: CardAction): TemplateResult | typeof nothing {
  if ('message' in action) {
    const send = ({ currentTarget }: Event): void => {
      if (currentTarget !== null)
        raise(currentTarget, { type: 'send', content: action.message, source: 'prompt' });
    };
    return html`<button type="button" class="prompt" dir="auto" @click=${send}>
      ${SHOWN_TEXTS.name(action.label)}
    </button>`;
  }
  const href = safeHref(action.url);
  if (href === undefined) return nothing;
  return html`<a class="prompt" dir="auto" href=${href} target="_blank" rel="noopener noreferrer"
    >${SHOWN_TEXTS.name(action.label)}<span class="card-host">${new URL(href).host}</span></a
  >`;
}
