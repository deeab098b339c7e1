/** What the page has to ask for, and most pages do not: a title badge, a sound, a teaser, timing, functions before rendering. */
import type { AppHost, AppSettings } from '../shell/app-contract.ts';
import type { Hook } from '../shell/options.ts';
import type { Extras, ExtrasState } from './extras/extras.ts';
import type { RivuletApp } from './rivulet-app.ts';

export class PageWishes {
  readonly #host: AppHost;
  readonly #panel: RivuletApp;
  #extras: Promise<Extras> | undefined;
  #hooks: readonly Hook[] = [];
  #isClosed = false;

  constructor(host: AppHost, panel: RivuletApp) {
    this.#host = host;
    this.#panel = panel;
  }

  show(state: ExtrasState): void {
    if (!isWanted(state.settings) && this.#extras === undefined) return;
    this.#extras ??= import('./extras/extras.ts').then((module) => new module.Extras(this.#host));
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
    const { RenderHooks } = await import('./extras/render-hooks.ts');
    if (this.#hooks !== hooks) return;
    const render = new RenderHooks(hooks, () => {
      this.#panel.requestUpdate();
    });
    this.#panel.present = (snapshot) => render.apply(snapshot);
    this.#panel.requestUpdate();
  }
}

function isWanted({ options: { launcher, connection, identity, tools } }: AppSettings): boolean {
  return (
    launcher?.teaser !== undefined ||
    launcher?.hasTitleBadge === true ||
    launcher?.hasSound === true ||
    connection?.hasTiming === true ||
    identity?.token !== undefined ||
    tools !== undefined
  );
}
