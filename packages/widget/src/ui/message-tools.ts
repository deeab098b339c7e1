/** What stands between and below messages. Fetched once there is something to use it on: the first answer does not wait for it. */
import { html } from './lit.ts';
import { DAY_MS } from './day-of.ts';
import { localeFormat } from './locale-format.ts';
import { renderActions } from './message-actions.ts';
import { defineEditor } from './message-editor.ts';
import type { MessageTools } from './rivulet-message.ts';
import { adoptStyles } from './styles/styles.ts';
import { toolStyles } from './styles/tool-styles.ts';

const known = new Map<string, MessageTools>(); // as many as a page has languages

/** What the tools need in the shadow root of the elements that use them. */
export function prepareTools(root: DocumentOrShadowRoot): void {
  defineEditor();
  adoptStyles(root, [toolStyles]);
}

/** The tools in the words of a locale; the same ones every time. */
export function messageTools(locale: string): MessageTools {
  const tools = known.get(locale) ?? createTools(locale);
  known.set(locale, tools);
  return tools;
}

function createTools(locale: string): MessageTools {
  const format = localeFormat(locale);
  return {
    renderActions: (message) => renderActions(message, format),
    renderDay: ({ day, message }, today) =>
      html`<div class="day" part="day">
        <time datetime=${new Date(day * DAY_MS).toISOString().slice(0, 10)}
          >${format.day(message.createdAtMs, today)}</time
        >
      </div>`,
    plural: (count, forms) => format.plural(count, forms),
  };
}
