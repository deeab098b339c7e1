/** The application behind the element: fetched once, when it may be wanted, and mounted when it is here. */
import { ShellError } from './shell-error.ts';
import type { App, AppHost, AppModule } from './app-contract.ts';

export interface LazyAppParts {
  load: () => Promise<AppModule>;
  host: () => AppHost;
  /** It is mounted and can be told its state. */
  mounted: (app: App) => void;
  failed: (error: Error) => void;
}

export class LazyApp {
  readonly #parts: LazyAppParts;
  #loading: Promise<App> | undefined;
  #app: App | undefined;

  constructor(parts: LazyAppParts) {
    this.#parts = parts;
  }

  /** Undefined while it is not here. */
  get app(): App | undefined {
    return this.#app;
  }

  /** A failed attempt is not kept: the next call tries again. */
  load(): Promise<App> {
    if (this.#loading !== undefined) return this.#loading;
    const loading: Promise<App> = this.#parts
      .load()
      .then(async (module) => {
        const mounting = module.mountApp(this.#parts.host());
        // At once where it is there: drawn closed first, it would be seen to open.
        const app = mounting instanceof Promise ? await mounting : mounting;
        // Taken off the page meanwhile.
        if (this.#loading !== loading) {
          app.destroy();
          throw new ShellError('The element was removed while the chat was loading.');
        }
        this.#app = app;
        this.#parts.mounted(app);
        return app;
      })
      .catch((cause: unknown) => {
        const error = new ShellError(
          'The chat could not be loaded; check the network and the Content Security Policy.',
          { cause },
        );
        if (this.#loading === loading) {
          this.#loading = undefined;
          this.#parts.failed(error);
        }
        throw error;
      });
    this.#loading = loading;
    return loading;
  }

  /** Loads without anybody waiting: what fails was told, and is tried again at the next sign of interest. */
  preload(): void {
    this.load().catch(() => undefined);
  }

  /** Another one in its place, if it is here. */
  renew(): void {
    if (this.#app === undefined) return;
    this.dispose();
    this.preload();
  }

  dispose(): void {
    this.#app?.destroy();
    this.#app = undefined;
    this.#loading = undefined;
  }
}
