/** A page whose code is loaded when somebody goes to it. */
import { html, type TemplateResult } from '../../widget/src/reading.ts';
import type { Page, PageContext } from './page.ts';
import type { Route } from './router.ts';
import { TEXTS } from './texts.ts';

/** How such a page is loaded. */
export interface LazyPageOptions {
  /** The title until it is there. */
  title: string;
  /** The layout, also before it is there. */
  layout?: 'window';
  /** Loads the code and opens the page. */
  load: () => Promise<Page>;
}

/** Stands for the page until it is there, and then does what the page does. */
export class LazyPage implements Page {
  readonly #context: Pick<PageContext, 'changed'>;
  readonly #options: LazyPageOptions;
  #page: Page | undefined;
  #hasFailed = false;
  #isClosed = false;

  constructor(context: Pick<PageContext, 'changed'>, options: LazyPageOptions) {
    this.#context = context;
    this.#options = options;
    void this.#load();
  }

  get title(): string {
    return this.#page?.title ?? this.#options.title;
  }

  get titlePrefix(): string {
    return this.#page?.titlePrefix ?? '';
  }

  get layout(): 'window' | undefined {
    return this.#options.layout;
  }

  follow(route: Route): boolean {
    return this.#page?.follow?.(route) === true;
  }

  get hasUnsaved(): boolean {
    return this.#page?.hasUnsaved === true;
  }

  discard(): void {
    this.#page?.discard?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#page?.close();
  }

  async #load(): Promise<void> {
    this.#hasFailed = false;
    try {
      const page = await this.#options.load();
      if (this.#isClosed) page.close();
      else this.#page = page;
    } catch {
      this.#hasFailed = true; // the gateway is away, or has another version whose page has to be loaded
    }
    if (!this.#isClosed) this.#context.changed();
  }

  render(): TemplateResult {
    if (this.#page !== undefined) return this.#page.render();
    if (!this.#hasFailed) return html`<p class="status">${TEXTS.loading}</p>`;
    return html`<p class="problem" role="alert">
      ${TEXTS.notLoaded}
      <button
        type="button"
        class="button"
        @click=${() => {
          location.reload();
        }}
      >
        ${TEXTS.retry}
      </button>
    </p>`;
  }
}
