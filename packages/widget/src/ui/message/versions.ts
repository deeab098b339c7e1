/** Choice between the versions of a message that was edited or generated again. Loaded with the first such message. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { raise } from '../app/intents.ts';
import { chevronIcon } from '../styles/icons.ts';
import { adoptStyles } from '../styles/styles.ts';
import { renderButton } from './action-button.ts';
import type { RivuletMessage } from './rivulet-message.ts';
import { versionsStyles } from './versions-styles.ts';

/** Renders `‹ 2/3 ›`, which switches to the previous or next version. */
export function renderVersions(from: RivuletMessage): TemplateResult | typeof nothing {
  const { strings } = from;
  const { message, siblings } = from.item;
  if (siblings === undefined) return nothing;
  const root = from.getRootNode();
  if (root instanceof ShadowRoot) adoptStyles(root, [versionsStyles]);
  const index = siblings.indexOf(message.id);
  const describe = (at: number) =>
    strings.versionPlace.replace('{place}', String(at + 1)).replace('{count}', String(siblings.length));
  const renderVersionButton = (name: 'previous' | 'next', at: number) => {
    const messageId = siblings[at];
    return renderButton({
      name,
      label: strings[`${name}Version`],
      icon: chevronIcon,
      isDisabled: messageId === undefined,
      press: () => {
        if (messageId === undefined) return;
        raise(from, { type: 'show', messageId });
        raise(from, { type: 'announce', text: describe(at) });
      },
    });
  };
  return html`<div role="group" aria-label=${describe(index)}>
    ${renderVersionButton('previous', index - 1)}<span aria-hidden="true"
      >${index + 1}/${siblings.length}</span
    >${renderVersionButton('next', index + 1)}
  </div>`;
}
