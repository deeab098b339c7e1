/** What stands between and below messages. */
import type { MessageId } from '@rivulet/protocol';
import { html } from '../lit/lit.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import { MESSAGE_ACTIONS, type MessageOptions } from '../../shell/options.ts';
import { DAY_MS } from '../i18n/day-of.ts';
import { localeFormat } from '../i18n/locale-format.ts';
import { renderActions } from './message-actions.ts';
import type { MessageTools } from './rivulet-message.ts';
import type { TranscriptGroup } from '../transcript/transcript-items.ts';

/** The same one each time, so that nothing is drawn anew. */
const NO_OPTIONS: MessageOptions = {};
/** By what the site says of messages, then by locale: as many as a page has languages. */
const known = new WeakMap<MessageOptions, Map<string, MessageTools>>();

/** The tools in the words of a locale, as the site wants them; the same ones every time. */
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

/** How many messages of others came after the one of this id; 0 when it is not shown any more. */
function countAfter(groups: readonly TranscriptGroup[], id: MessageId | undefined): number {
  const shown = groups.flat();
  const index = shown.findLastIndex(({ message }) => message.id === id);
  return index < 0 ? 0 : shown.slice(index + 1).filter(({ message }) => message.role !== 'user').length;
}
