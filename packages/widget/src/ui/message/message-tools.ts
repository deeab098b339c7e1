/** Renders the date separators between messages and the actions below them. */
import type { MessageId } from '@rivulet/protocol';
import { html } from '../lit/lit.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import { MESSAGE_ACTIONS, type MessageOptions } from '../../shell/options.ts';
import { DAY_MS } from '../i18n/day-of.ts';
import { localeFormat } from '../i18n/locale-format.ts';
import { renderActions } from './message-actions.ts';
import type { MessageTools } from './rivulet-message.ts';
import type { TranscriptGroup } from '../transcript/transcript-items.ts';

/** One shared object, so that its identity does not cause a new render. */
const NO_OPTIONS: MessageOptions = {};
/** By message options of the site, then by locale. Bounded by the locales used on the page. */
const known = new WeakMap<MessageOptions, Map<string, MessageTools>>();

/** Returns the tools for the locale and options of the settings; always the same object for the same input. */
export function messageTools({ locale, options: { messages = NO_OPTIONS } }: AppSettings): MessageTools {
  const ofLocales = known.get(messages) ?? new Map<string, MessageTools>();
  known.set(messages, ofLocales);
  const tools = ofLocales.get(locale) ?? createTools(locale, messages);
  ofLocales.set(locale, tools);
  return tools;
}

function createTools(locale: string, options: MessageOptions): MessageTools {
  const { actions = MESSAGE_ACTIONS } = options;
  const format = localeFormat(locale);
  const context = { format, locale, actions };
  return {
    renderActions: (message) => renderActions(message, context),
    renderDay: ({ day, message }, today) =>
      html`<div class="day" part="day">
        <time datetime=${new Date(day * DAY_MS).toISOString().slice(0, 10)}
          >${format.day(message.createdAtMs, today)}</time
        >
      </div>`,
    newsSince(groups, lastSeenId, { newMessages }) {
      const count = countAfter(groups, lastSeenId);
      return count === 0 ? '' : format.plural(count, newMessages);
    },
  };
}

/** Number of messages after the given one that the visitor did not send; 0 if that one is no longer shown. */
function countAfter(groups: readonly TranscriptGroup[], id: MessageId | undefined): number {
  const shown = groups.flat();
  const index = shown.findLastIndex(({ message }) => message.id === id);
  return index < 0 ? 0 : shown.slice(index + 1).filter(({ message }) => message.role !== 'user').length;
}
