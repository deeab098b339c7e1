/** Row below a message: its versions, its actions and its time. */
import { textOf } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { copyText } from './code-block.ts';
import { againIcon, checkIcon, copyIcon, editIcon, thumbIcon } from './action-icons.ts';
import { alertIcon } from '../styles/icons.ts';
import { renderButton } from './action-button.ts';
import { raise } from '../app/intents.ts';
import type { MessageAction } from '../../shell/options.ts';
import type { Rating, Thumb } from './feedback.ts';
import type { LocaleFormat } from '../i18n/locale-format.ts';
import { endOfMessage } from './message-end.ts';
import type { RivuletMessage } from './rivulet-message.ts';
import type { TranscriptItem } from '../transcript/transcript-items.ts';
import type { renderVersions as renderLoadedVersions } from './versions.ts';

/** What the row depends on, besides the message. */
export interface ActionsContext {
  /** Formats dates and times in the locale. */
  format: LocaleFormat;
  /** Language tag of the locale. */
  locale: string;
  /** Actions that the site enables. */
  actions: readonly MessageAction[];
}

/** Renders the row. It is always laid out and only made visible on hover, so nothing moves. */
export function renderActions(from: RivuletMessage, context: ActionsContext) {
  const { format, locale, actions } = context;
  const { message } = from.item;
  const time = renderTime(from.item, format);
  const versions = renderVersions(from);
  const custom = from.isWhole ? from.rich?.renderActions(message) : nothing;
  const isWanted = (action: MessageAction): boolean => actions.includes(action);
  if (message.role === 'user')
    return html`<div class="actions" part="actions">
      ${time}${custom}${isWanted('edit') ? renderEdit(from) : nothing}${versions}
    </div>`;
  const own = () =>
    html`${isWanted('copy') ? renderCopy(from) : nothing}${isWanted('regenerate') ? renderAgain(from) : nothing}
    ${isWanted('feedback') ? renderFeedback(from, locale) : nothing}${custom}${time}`;
  return html`<div class="actions" part="actions">${versions}${from.isWhole ? own() : nothing}</div>`;
}

function renderTime({ message: { createdAtMs } }: TranscriptItem, format: LocaleFormat): TemplateResult {
  return html`<time datetime=${new Date(createdAtMs).toISOString()} title=${format.dateTime(createdAtMs)}
    >${format.time(createdAtMs)}</time
  >`;
}

let renderChoice: typeof renderLoadedVersions | undefined;

/** The place is kept while the code is loading, so nothing moves. */
function renderVersions(from: RivuletMessage) {
  if (from.item.siblings === undefined) return nothing;
  if (renderChoice === undefined) void loadVersions(from);
  return html`<div class="versions">${renderChoice?.(from)}</div>`;
}

/** A failed load is tried again with the next update. */
async function loadVersions(from: RivuletMessage): Promise<void> {
  from.isFetching = true;
  renderChoice ??= (await import('./versions.ts').catch(() => undefined))?.renderVersions;
  from.isFetching = false;
  if (renderChoice !== undefined) from.requestUpdate();
}

function renderEdit(from: RivuletMessage) {
  const press = async () => {
    const whyNot = from.whyNotEdit();
    if (whyNot === undefined) await edit(from);
    else raise(from, { type: 'announce', text: whyNot });
    from.requestUpdate();
  };
  return renderButton({
    name: 'edit',
    label: from.strings.edit,
    icon: editIcon,
    press,
    whyNot: from.whyNotEdit(),
  });
}

async function edit(from: RivuletMessage): Promise<void> {
  await fetching(from, async () => {
    const { prepareEditor } = await import('./message-editor.ts');
    const root = from.getRootNode();
    if (!(root instanceof ShadowRoot)) return;
    prepareEditor(root);
    from.isEditing = true;
  });
}

function renderCopy(from: RivuletMessage) {
  const { strings, copyResult, item } = from;
  const press = async ({ currentTarget }: Event) => {
    // Only on this button, see below.
    const isCopied = await copyText(textOf(item.message), currentTarget as HTMLElement);
    from.copyResult = isCopied ? 'copied' : 'copyFailed';
    raise(from, { type: 'announce', text: strings[from.copyResult] });
  };
  const label = strings[copyResult ?? 'copy'];
  return html`<button
    type="button"
    class="icon-button ${copyResult === undefined ? '' : 'is-copied'}"
    aria-label=${label}
    title=${label}
    @click=${press}
    @animationend=${() => {
      from.copyResult = undefined;
    }}
  >
    ${copyResult === undefined ? copyIcon : copyResult === 'copied' ? checkIcon : alertIcon}
  </button>`;
}

/** One entry per rated message that is rendered. */
const ratings = new WeakMap<RivuletMessage, Rating>();

function renderFeedback(from: RivuletMessage, locale: string) {
  const { strings, item } = from;
  if (item.message.run === undefined) return nothing;
  const rating = ratings.get(from);
  const pressed = rating === undefined ? item.message.feedback?.value : rating.thumb;
  const renderThumb = (thumb: Thumb, label: string) =>
    html`<button
      type="button"
      class="icon-button thumb"
      data-value=${thumb}
      aria-label=${label}
      title=${label}
      aria-pressed=${pressed === thumb}
      @click=${() => rate(from, thumb, locale)}
    >
      ${thumbIcon}
    </button>`;
  return html`${renderThumb('up', strings.feedbackUp)}${renderThumb('down', strings.feedbackDown)}
  ${rating?.renderForm()}`;
}

async function rate(from: RivuletMessage, thumb: Thumb, locale: string): Promise<void> {
  await fetching(from, async () => {
    const { prepareRating } = await import('./feedback.ts');
    const rating = ratings.get(from) ?? (await prepareRating(from, locale));
    ratings.set(from, rating);
    rating.press(thumb);
  });
}

/** A failed load is tried again with the next press. */
async function fetching(from: RivuletMessage, act: () => Promise<void>): Promise<void> {
  from.isFetching = true;
  try {
    await act();
  } catch {
    raise(from, { type: 'announce', text: from.strings.error });
  }
  from.isFetching = false;
}

function renderAgain(from: RivuletMessage) {
  const { item, strings, isLast, isBusy } = from;
  const { message } = item;
  // The line above already offers a retry.
  const canRetry = endOfMessage(item)?.canRetry === true;
  const isOffered = isLast && !isBusy && !canRetry && message.run !== undefined;
  if (!isOffered) return nothing;
  const press = () => {
    raise(from, { type: 'regenerate', messageId: message.id });
  };
  return renderButton({ name: 'again', label: strings.regenerate, icon: againIcon, press });
}
