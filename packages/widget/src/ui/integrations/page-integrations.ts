/** What the page has to ask for, and most pages do not: a title badge, a sound, a teaser, timing, functions before rendering. */
import type { Chat } from '../../client/chat.ts';
import type { AppHost, AppSettings } from '../../shell/app-contract.ts';
import type { ClientTool, Hook } from '../../shell/options.ts';
import type { SiteExtras, ExtrasState } from './site-extras.ts';
import type { RivuletApp } from '../app/rivulet-app.ts';

/** The same one each time. */
const NO_TOOLS: readonly ClientTool[] = [];

export class PageIntegrations {
  readonly #host: AppHost;
  readonly #panel: RivuletApp;
  #extras: Promise<SiteExtras> | undefined;
  #hooks: readonly Hook[] = [];
  #tools: readonly ClientTool[] = NO_TOOLS;
  #chat: Chat | undefined;
  #isClosed = false;

  constructor(host: AppHost, panel: RivuletApp) {
    this.#host = host;
    this.#panel = panel;
  }

  show(state: ExtrasState): void {
    const { chat } = state;
    const { tools = NO_TOOLS } = state.settings.options;
    // At once, so that they go with the first message.
    if (tools !== this.#tools || (tools !== NO_TOOLS && chat !== this.#chat))
      chat.offerTools(tools).catch((error: unknown) => {
        this.#host.emit('rivulet-error', { error: error as Error }); // of an import
      });
    this.#tools = tools;
    this.#chat = chat;
    if (!isWanted(state.settings) && this.#extras === undefined) return;
    this.#extras ??= import('./site-extras.ts').then((module) => new module.SiteExtras(this.#host));
    void this.#extras.then((extras) => {
      if (!this.#isClosed) extras.show(state);
    });
  }

  /** From now on these functions see what is shown. */
  follow(hooks: readonly Hook[]): void {
    if (hooks === this.#hooks) return;
    this.#hooks = hooks;
    if (hooks.some(({ name }) => name === 'before-render')) void this.#follow(hooks);
    else this.#panel.present = (snapshot) => snapshot;
  }

  close(): void {
    this.#isClosed = true;
    void this.#extras?.then((extras) => {
      extras.close();
    });
  }

  async #follow(hooks: readonly Hook[]): Promise<void> {
    // Until the functions can be asked, nothing is shown that they have not seen.
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
