/** Action buttons that the site adds below messages. */
import type { Message } from '@rivulet/protocol';
import { guard, html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { CustomAction } from '../../shell/options.ts';

const DEFAULT_ROLES: readonly Message['role'][] = ['assistant', 'agent'];

/** Renders the actions for the role of the message. */
export function renderCustomActions(message: Message, actions: readonly CustomAction[]): TemplateResult[] {
  return actions
    .filter(({ roles = DEFAULT_ROLES }) => roles.includes(message.role))
    .map((action) => renderAction(message, action));
}

/** An error of the page's callback is not caught, so it is reported like that of any listener. */
function renderAction(message: Message, { name, label, icon, onAct }: CustomAction): TemplateResult {
  const isWord = icon === undefined;
  return html`<button
    type="button"
    class=${isWord ? 'link-button' : 'icon-button'}
    part="custom-action"
    data-name=${name}
    aria-label=${isWord ? nothing : label}
    title=${isWord ? nothing : label}
    @click=${() => onAct(message)}
  >
    ${
      isWord
        ? label
        : html`<span class="custom-icon" aria-hidden="true"
            >${guard([icon], () => icon.cloneNode(true))}</span
          >`
    }
  </button>`;
}
