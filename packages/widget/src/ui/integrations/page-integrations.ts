/**
 * What belongs to the page around the panel: the guard against the page's listeners, the badge on the launcher, and the integrations
 * that a page has to enable: title badge, sound, teaser, timing events, `before-render` hooks, page tools.
 */
import type { Chat } from '../../client/chat.ts';
import type { AppHost, AppSettings } from '../../shell/app-contract.ts';
import type { ClientTool, Hook } from '../../shell/options.ts';
import { followPageScheme } from './page-scheme-loader.ts';
import { guardPage } from './page-guard.ts';
import type { SiteExtras, ExtrasState } from './site-extras.ts';
import type { RivuletApp } from '../app/rivulet-app.ts';

/** One shared object, so that comparing identities detects no change. */
const NO_TOOLS: readonly ClientTool[] = [];

/** Loads and updates the integrations that the settings enable. */
export class PageIntegrations {
  readonly #host: AppHost;
  readonly #panel: RivuletApp;
  readonly #endScheme: () => void;
  #extras: Promise<SiteExtras> | undefined;
  #hooks: readonly Hook[] = [];
  #tools: readonly ClientTool[] = NO_TOOLS;
  #chat: Chat | undefined;
  #isClosed = false;
  #endGuard: (() => void) | undefined;

  constructor(host: AppHost, panel: RivuletApp) {
    this.#host = host;
    this.#panel = panel;
    this.#endScheme = followPageScheme(host);
    this.#endGuard = guardPage(host);
  }

  /** Applies the current state. */
  show(state: ExtrasState): void {
    const { chat, strings, isOpen, unread } = state;
    const { tools = NO_TOOLS } = state.settings.options;
    // Synchronously, so that the tools are sent together with the first message.
    if (tools !== this.#tools || (tools !== NO_TOOLS && chat !== this.#chat))
      chat.offerTools(tools).catch((error: unknown) => {
        this.#host.emit('rivulet-error', { error: error as Error }); // rejection of an import
      });
    this.#tools = tools;
    this.#chat = chat;
    if (this.#extras === undefined) {
      this.#host.setLabels({ open: strings.launcherOpen, close: strings.launcherClose });
      if (!isWanted(state.settings) && (isOpen || unread === 0)) return;
    }
    this.#extras ??= import('./site-extras.ts').then((module) => new module.SiteExtras(this.#host));
    void this.#extras.then((extras) => {
      if (!this.#isClosed) extras.show(state);
    });
  }

  /** Uses these hooks for everything that is rendered from now on. */
  follow(hooks: readonly Hook[]): void {
    if (hooks === this.#hooks) return;
    this.#hooks = hooks;
    if (hooks.some(({ name }) => name === 'before-render')) void this.#follow(hooks);
    else this.#panel.present = (snapshot) => snapshot;
  }

  /** Ends all integrations. */
  close(): void {
    this.#isClosed = true;
    this.#endScheme();
    this.#endGuard?.();
    void this.#extras?.then((extras) => {
      extras.close();
    });
  }

  async #follow(hooks: readonly Hook[]): Promise<void> {
    // Until the hooks are loaded, no message is shown: they may want to hide it.
    this.#panel.present = (snapshot) => ({
      ...snapshot,
      conversation: { ...snapshot.conversation, messages: [] },
    });
    const { RenderHooks } = await import('./render-hooks.ts');
    if (this.#hooks !== hooks) return;
    const render = new RenderHooks(hooks, () => {
      this.#panel.requestUpdate();
    });
    this.#panel.present = (snapshot) => render.apply(snapshot);
    this.#panel.requestUpdate();
  }
}

const isWanted = ({ options: { launcher, connection, identity } }: AppSettings): boolean =>
  [
    launcher?.teaser,
    launcher?.hasTitleBadge,
    launcher?.hasSound,
    connection?.hasTiming,
    identity?.token,
  ].some(Boolean);
