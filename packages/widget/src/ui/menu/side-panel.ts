/** `<rivulet-side>`: the menu, and the views that replace the conversation. Loaded when the first of them opens. */
import { ChatError, type Clock } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import type { Chat } from '../../client/chat.ts';
import { createHistory } from '../../client/conversation/history.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import { focusPanel } from '../app/focus-panel.ts';
import { raise } from '../app/intents.ts';
import { canAskForPerson } from '../desk/needs-desk.ts';
import { chevronIcon } from '../styles/icons.ts';
import { localeFormat } from '../i18n/locale-format.ts';
import type { Strings } from '../i18n/core/en.ts';
import { adoptStyles } from '../styles/styles.ts';
import { forgetConsent, needsConsent, reportConsent } from './consent.ts';
import { renderConsent } from './consent-view.ts';
import type { MenuItem } from './menu-popup.ts';
import { RivuletMenu } from './menu-popup.ts';
import { menuStrings, type MenuStrings } from '../i18n/menu-strings.ts';
import { RivuletHistory } from './rivulet-history.ts';
import { isHeld } from './is-held.ts';
import { saveBlob } from './save-blob.ts';
import { sideStyles } from './side-styles.ts';
import { covers, type SideView } from './side-view.ts';

/** Renders the view that is open. */
export class SidePanel extends ReactiveElement {
  static override readonly properties = ['chat', 'clock', 'settings', 'strings', 'view', 'problem'];
  declare chat: Chat;
  declare clock: Clock;
  declare settings: AppSettings;
  declare strings: Strings;
  declare view: SideView;
  declare problem: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const root = this.getRootNode();
    if (root instanceof ShadowRoot) adoptStyles(root, [sideStyles]);
    this.addEventListener('keydown', this.#onKeydown);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.#onKeydown);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('view')) this.problem = undefined;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('view')) this.querySelector<HTMLElement>('[data-takes-focus]')?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const strings = menuStrings(this.settings.locale, this.settings.options.strings ?? {}, () => {
      this.requestUpdate();
    });
    switch (this.view) {
      case 'menu':
        return this.#renderMenu(strings);
      case 'history':
        return this.#renderView(strings, strings.history, this.#renderHistory(strings));
      case 'export-failed':
        return this.#renderView(
          strings,
          strings.exportData,
          this.#renderFailure(strings.exportFailed, () => void this.#export()),
        );
      case 'person-failed':
        return this.#renderView(
          strings,
          strings.askPerson,
          this.#renderFailure(this.strings.error, () => void this.#askForPerson()),
        );
      case 'erase':
        return this.#renderView(strings, strings.eraseTitle, this.#renderErase(strings));
      case 'consent':
        return renderConsent(this, strings);
      case 'none':
        return nothing;
    }
  }

  #renderMenu(strings: MenuStrings): TemplateResult {
    const { history, privacy } = this.settings.options;
    const isPersonOffered = canAskForPerson(this.chat.snapshot);
    // Loaded with the menu: a request without a connection waits for one.
    if (isPersonOffered)
      this.closest('rivulet-app')
        ?.loadDesk()
        .catch(() => undefined);
    const items: (MenuItem | false)[] = [
      isPersonOffered && {
        name: strings.askPerson,
        run: () => void this.#askForPerson(),
      },
      history?.isEnabled !== false && {
        name: strings.history,
        run: () => {
          this.#show('history');
        },
      },
      privacy?.canExport !== false && { name: strings.exportData, run: () => void this.#export() },
      privacy?.canErase !== false && {
        name: strings.eraseData,
        run: () => {
          this.#show('erase');
        },
      },
    ];
    return html`<rivulet-menu
      .items=${items.filter((item) => item !== false)}
      .label=${this.strings.menu}
      .onClose=${(focus: 'back' | 'stays') => {
        this.#show('none', focus);
      }}
    ></rivulet-menu>`;
  }

  #renderView(strings: MenuStrings, title: string, content: TemplateResult): TemplateResult {
    return html`<div class="side" part="side" role="region" aria-label=${title}>
      <div class="side-head">
        <button
          type="button"
          class="icon-button is-back"
          aria-label=${strings.back}
          title=${strings.back}
          @click=${() => {
            this.#show('none', 'back');
          }}
        >
          ${chevronIcon}
        </button>
        <h2>${title}</h2>
      </div>
      ${content}
      ${this.problem === undefined ? nothing : html`<p class="side-note" role="alert">${this.problem}</p>`}
    </div>`;
  }

  #renderHistory(strings: MenuStrings): TemplateResult {
    const history = createHistory(this.chat);
    return html`<rivulet-history
      .history=${history}
      .clock=${this.clock}
      .strings=${strings}
      .format=${localeFormat(this.settings.locale)}
      .currentId=${this.chat.snapshot.conversation.id}
      .onOpen=${(id: Parameters<typeof history.open>[0]) => {
        history.open(id);
        this.#show('none', 'back');
      }}
      .onSay=${(text: string) => {
        raise(this, { type: 'announce', text });
      }}
    ></rivulet-history>`;
  }

  #renderFailure(text: string, again: () => void): TemplateResult {
    return html`<p class="side-text" role="alert">${text}</p>
      <div class="side-buttons">
        <button type="button" class="side-action is-main" data-takes-focus @click=${again}>
          ${this.strings.retry}
        </button>
      </div>`;
  }

  #renderErase(strings: MenuStrings): TemplateResult {
    return html`<p class="side-text">${strings.eraseDetail}</p>
      <div class="side-buttons">
        <button
          type="button"
          class="side-action is-main"
          data-tone="problem"
          @click=${() => void this.#erase(strings)}
        >
          ${strings.eraseConfirm}
        </button>
        <button
          type="button"
          class="side-action"
          data-takes-focus
          @click=${() => {
            this.#show('none', 'back');
          }}
        >
          ${strings.cancel}
        </button>
      </div>`;
  }

  #show(view: SideView, focus: 'back' | 'stays' = 'stays'): void {
    // The views behind the menu send requests to the gateway.
    const isHeld = covers(view) && needsConsent(this.settings);
    raise(this, { type: 'side', view: isHeld ? 'consent' : view, focus });
  }

  async #askForPerson(): Promise<void> {
    const panel = this.closest('rivulet-app');
    if (panel === null) return;
    try {
      const desk = await panel.loadDesk();
      if (this.view === 'person-failed') this.#show('none');
      void focusPanel(panel); // what was pressed is gone
      await desk.askForPerson();
    } catch {
      // Its file could not be loaded.
      raise(panel, { type: 'side', view: 'person-failed', focus: 'stays' });
    }
  }

  async #export(): Promise<void> {
    if (needsConsent(this.settings)) {
      this.#show('consent');
      return;
    }
    // The menu is removed by the time the response arrives.
    const panel = this.closest('rivulet-app') ?? this;
    const isAgain = this.view === 'export-failed';
    try {
      saveBlob(await createHistory(this.chat).exportAll(), 'conversations.json');
      if (isAgain) raise(panel, { type: 'side', view: 'none', focus: 'back' });
    } catch (error) {
      // A visitor without conversations has nothing to download; that is shown as a failure.
      raise(panel, { type: 'side', view: 'export-failed', focus: 'stays' });
      if (!(error instanceof ChatError)) throw error;
    }
  }

  async #erase(strings: MenuStrings): Promise<void> {
    try {
      if (this.chat.access.token !== undefined) await createHistory(this.chat).eraseAll();
      else await this.chat.logout();
    } catch (error) {
      this.problem = isHeld(error) ? strings.eraseHeld : strings.eraseFailed;
      return;
    }
    forgetConsent(this.settings.site);
    reportConsent(this, 'forgotten');
    raise(this, { type: 'announce', text: strings.erased });
    this.#show('none', 'back');
  }

  /** Escape closes the view, and only then the panel. */
  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || this.view === 'consent' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    this.#show('none', 'back');
  };
}

const ELEMENTS = {
  'rivulet-menu': RivuletMenu,
  'rivulet-history': RivuletHistory,
  'rivulet-side': SidePanel,
};

/** Defines the element and those it contains. May be called twice. */
export function defineSidePanel(): void {
  for (const [name, element] of Object.entries(ELEMENTS))
    if (customElements.get(name) === undefined) customElements.define(name, element);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-menu': RivuletMenu;
    'rivulet-history': RivuletHistory;
    'rivulet-side': SidePanel;
  }
}
