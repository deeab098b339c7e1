/** Header of the panel: image, title, status and buttons. */
import type { ErrorBody } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { Chat, ChatSnapshot } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import { closeIcon, enlargeIcon, menuIcon, newIcon, waveIcon } from '../styles/icons.ts';
import { raise, type Intent } from './intents.ts';
import { canAskForPerson } from '../desk/needs-desk.ts';
import type { PanelDesk } from '../desk/panel-desk-contract.ts';
import type { SideView } from '../menu/side-view.ts';
import { errorText } from '../i18n/error-texts.ts';
import { renderRef } from '../message/error-ref.ts';
import { bannerText, statusOf } from './status-text.ts';
import type { Strings } from '../i18n/core/en.ts';

/** What the header renders from. Its intents are dispatched on this object. */
export interface HeaderContext extends EventTarget {
  /** Settings of the widget. */
  settings: AppSettings;
  /** Texts in the locale of the visitor. */
  strings: Strings;
  /** The open menu or side view. */
  side: SideView;
  /** Whether the floating panel is enlarged. */
  isLarge: boolean;
  /** Undefined until loaded. */
  desk: PanelDesk | undefined;
  /** Requests a new render. */
  requestUpdate(): void;
}

/** Renders the header. The page can replace image, title and status through the slot `header`. */
export function renderHeader(snapshot: ChatSnapshot, context: HeaderContext): TemplateResult {
  const { strings, settings, side, isLarge, desk } = context;
  const status = statusOf(snapshot, strings);
  const isEmpty = snapshot.conversation.messages.length === 0 && snapshot.pending.length === 0;
  const button = (name: string, icon: TemplateResult, intent: Intent) =>
    html`<button
      type="button"
      class="icon-button"
      part="header-button"
      aria-label=${name}
      title=${name}
      data-opens=${intent.type}
      aria-disabled=${intent.type === 'new-conversation' ? isEmpty : nothing}
      aria-pressed=${intent.type === 'enlarge' ? isLarge : nothing}
      aria-haspopup=${intent.type === 'side' ? 'menu' : nothing}
      aria-expanded=${intent.type === 'side' ? side === 'menu' : nothing}
      @click=${() => {
        raise(context, intent);
      }}
    >
      ${icon}
    </button>`;
  return html`<div class="header" part="header">
    <slot name="header">
      <div class="mark">${desk?.renderFace() ?? renderMark(settings.options.header?.imageUrl)}</div>
      <div class="titles">
        <h1 class="title" id="rivulet-title" part="title">${titleOf(snapshot, strings)}</h1>
        <div class="status" part="status" data-tone=${status.tone}>${desk?.status ?? status.text}</div>
      </div>
    </slot>
    ${button(strings.newConversation, newIcon, { type: 'new-conversation' })}
    ${
      hasMenu(settings, snapshot)
        ? button(strings.menu, menuIcon, {
            type: 'side',
            view: side === 'menu' ? 'none' : 'menu',
            focus: 'stays',
          })
        : nothing
    }
    ${
      settings.mode === 'floating'
        ? [
            button(strings.enlarge, enlargeIcon, { type: 'enlarge' }),
            button(strings.close, closeIcon, { type: 'close' }),
          ]
        : nothing
    }
  </div>`;
}

/** The name of the person who answers, or the title of the site. */
const titleOf = ({ conversation: { owner } }: ChatSnapshot, { title }: Strings): string =>
  owner?.person?.name ?? title;

/** Whether the menu has entries. */
const hasMenu = ({ options: { history, privacy } }: AppSettings, snapshot: ChatSnapshot): boolean =>
  history?.isEnabled !== false ||
  privacy?.canExport !== false ||
  privacy.canErase !== false ||
  canAskForPerson(snapshot);

/** Banner below the header about the connection, or about why the chat is closed. Renders nothing while all is well. */
export function renderBanner(snapshot: ChatSnapshot, context: HeaderContext) {
  const { strings } = context;
  const { closedBecause, status } = snapshot;
  const changed = (): void => {
    context.requestUpdate();
  };
  const text =
    closedBecause === null ? bannerText(snapshot, strings) : closedText(closedBecause, strings, changed);
  if (text === undefined) return nothing;
  return html`<div
    class="line"
    id="rivulet-line"
    part="line"
    data-tone=${closedBecause === null ? 'quiet' : 'problem'}
  >
    ${text}
    ${renderRef(closedBecause?.ref, strings)}${status === 'unreachable' ? renderRetry(strings) : nothing}
  </div>`;
}

/** The words of the site, where it has its own. Other messages of the gateway are for developers. */
const closedText = ({ code, message }: ErrorBody, strings: Strings, changed: () => void) =>
  code === 'site-disabled' && message !== '' ? message : errorText(code, strings, changed);

const renderRetry = ({ retry }: Strings) =>
  html`<button
    type="button"
    class="link-button"
    @click=${({ currentTarget }: Event) => {
      raise(currentTarget as HTMLElement, { type: 'ask', ask: retryConnection }); // only on this button
    }}
  >
    ${retry}
  </button>`;

const retryConnection = (chat: Chat): void => {
  chat.retryConnection();
};

/** Width and height are fixed, so loading the image causes no layout shift. */
const renderMark = (url: string | undefined) =>
  url === undefined ? waveIcon : html`<img class="mark-image" src=${url} alt="" width="36" height="36" />`;
