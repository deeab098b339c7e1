/** Loads the application once, on demand, and mounts it. */
import { ShellError } from './shell-error.ts';
import type { App, AppHost, AppModule } from './app-contract.ts';

/** What a LazyApp needs, and the callbacks that it calls. */
export interface LazyAppParts {
  /** Imports the application's module. */
  load: () => Promise<AppModule>;
  /** Creates the host for the application. */
  host: () => AppHost;
  /** The application is mounted and can receive its state. */
  mounted: (app: App) => void;
  /** Loading or mounting failed; the next `load()` tries again. */
  failed: (error: Error) => void;
}

/** The application of one element. */
export class LazyApp {
  readonly #parts: LazyAppParts;
  #loading: Promise<App> | undefined;
  #app: App | undefined;

  constructor(parts: LazyAppParts) {
    this.#parts = parts;
  }

  /** The mounted application; undefined until it is loaded. */
  get app(): App | undefined {
    return this.#app;
  }

  /**
   * Loads and mounts the application. A failure is not cached.
   * @throws {ShellError} it could not be loaded, or the element was removed meanwhile
   */
  load(): Promise<App> {
    if (this.#loading !== undefined) return this.#loading;
    const loading: Promise<App> = this.#parts
      .load()
      .then(async (module) => {
        const mounting = module.mountApp(this.#parts.host());
        // Mount synchronously when possible: otherwise an open panel would be drawn closed first.
        const app = mounting instanceof Promise ? await mounting : mounting;
        // The element was removed meanwhile.
        if (this.#loading !== loading) {
          app.destroy();
          throw new ShellError('The element was removed.');
        }
        this.#app = app;
        this.#parts.mounted(app);
        return app;
      })
      .catch((cause: unknown) => {
        const error = new ShellError(
          'Rivulet could not be loaded; check data-gateway, the network and the CSP.',
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

  /** Loads without a caller that waits: a failure was reported, and the next call tries again. */
  preload(): void {
    this.load().catch(() => undefined);
  }

  /** Replaces the application by a new one, if it is loaded. */
  renew(): void {
    if (this.#app === undefined) return;
    this.dispose();
    this.preload();
  }

  /** Destroys the application. May be called twice. */
  dispose(): void {
    this.#app?.destroy();
    this.#app = undefined;
    this.#loading = undefined;
  }
}
