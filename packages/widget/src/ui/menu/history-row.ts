/** One row of the conversation list: opened, renamed in place, or deleted after a second press. */
import type { ConversationId } from '@rivulet/protocol';
import { html, nothing, svg, type TemplateResult } from '../lit/lit.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { plainText } from '../../markdown/index.ts';
import type { ConversationSummary } from '../../client/conversation/history.ts';
import { icon } from '../styles/icons.ts';
import type { MenuStrings } from '../i18n/menu-strings.ts';

/** The operation that is in progress on a row. */
export interface RowState {
  /** Conversation of the row. */
  id: ConversationId;
  /** Renaming, or confirming the deletion. */
  kind: 'rename' | 'remove';
}

/** What a row is rendered from. */
export interface Row {
  /** Text of the date heading above the first row of a day. */
  day: string | undefined;
  /** The conversation. */
  one: ConversationSummary;
  /** The operation in progress, if any. */
  row: RowState | undefined;
  /** Whether it is the conversation on screen. */
  isCurrent: boolean;
  /** Texts of the menu. */
  strings: MenuStrings;
  /** Opens the conversation. */
  open: () => void;
  /** Begins, or with undefined ends, an operation. */
  change: (row: RowState | undefined) => void;
  /** Renames the conversation. */
  rename: (title: string) => void;
  /** Deletes the conversation. */
  remove: () => void;
}

const renameIcon = icon(
  svg`<path d="m5 19 .9-3.600L15.800 5.500a1.800 1.800 0 0 1 2.700 2.700L8.600 18.100z" />`,
);
const removeIcon = icon(
  svg`<path d="M5 7.500h14M10 7.500V5h4v2.500M7 7.500l.800 11.500h8.400L17 7.500M10.300 11v5M13.700 11v5" />`,
);

/** The first message gives a conversation its title, and a page may have sent it. */
const titleOf = ({ title }: ConversationSummary, strings: MenuStrings): string =>
  title === null ? strings.untitled : SHOWN_TEXTS.name(title);

/** Renders the row. */
export function renderRow(row: Row): TemplateResult {
  const kind = row.row?.kind;
  return html`<li>
    ${row.day === undefined ? nothing : html`<div class="side-day">${row.day}</div>`}
    <div class="side-row" part="conversation" ?data-current=${row.isCurrent}>
      ${kind === 'rename' ? renderRename(row) : kind === 'remove' ? renderRemove(row) : renderOpen(row)}
    </div>
  </li>`;
}

function renderOpen({ one, strings, isCurrent, open, change }: Row): TemplateResult {
  const title = titleOf(one, strings);
  const button = (name: string, kind: RowState['kind'], picture: TemplateResult) =>
    html`<button
      type="button"
      class="icon-button"
      aria-label=${`${name}: ${title}`}
      title=${name}
      @click=${() => {
        change({ id: one.id, kind });
      }}
    >
      ${picture}
    </button>`;
  return html`<button
      type="button"
      class="side-open"
      dir="auto"
      aria-current=${isCurrent ? 'true' : nothing}
      @click=${open}
    >
      <span class="side-title">${title}</span>
      ${one.preview === '' ? nothing : html`<span class="side-preview">${SHOWN_TEXTS.prose(plainText(one.preview))}</span>`}
    </button>
    ${button(strings.rename, 'rename', renameIcon)} ${button(strings.remove, 'remove', removeIcon)}`;
}

function renderRename({ one, strings, change, rename }: Row): TemplateResult {
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') change(undefined);
    else rename((event.currentTarget as HTMLInputElement).value); // the listener is on the input
  };
  return html`<input
    class="side-input"
    data-takes-focus
    dir="auto"
    maxlength="200"
    aria-label=${strings.renameField}
    .value=${one.title ?? ''}
    @keydown=${onKeydown}
    @change=${(event: Event) => {
      rename((event.currentTarget as HTMLInputElement).value);
    }}
  />`;
}

function renderRemove({ one, strings, change, remove }: Row): TemplateResult {
  const question = strings.removeAsks.replace('{title}', () => titleOf(one, strings));
  return html`<div role="group" aria-label=${question}>
    <p class="side-text" dir="auto">${question}</p>
    <div class="side-buttons">
      <button type="button" class="side-action is-main" data-tone="problem" @click=${remove}>
        ${strings.remove}
      </button>
      <button
        type="button"
        class="side-action"
        data-takes-focus
        @click=${() => {
          change(undefined);
        }}
      >
        ${strings.cancel}
      </button>
    </div>
  </div>`;
}
