/** A reply that the model suggests. One is written at a time, and it can be stopped. */

/** A reply that the model suggests. `isCut`: it was longer. */
export interface Suggested {
  text: string;
  isCut: boolean;
}

/** What a suggestion needs. */
export interface SuggestionOptions {
  ask: (signal: AbortSignal) => Promise<Suggested>;
  written: (suggested: Suggested) => void;
  failed: (error: unknown) => void;
  changed: () => void;
}

/** The suggestion of one conversation. */
export class Suggestion {
  readonly #options: SuggestionOptions;
  #asking: AbortController | undefined;

  constructor(options: SuggestionOptions) {
    this.#options = options;
  }

  /** Whether the model writes one. */
  get isWriting(): boolean {
    return this.#asking !== undefined;
  }

  /** Stops what is written. Nothing of it is kept. */
  stop(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    this.#options.changed();
  }

  /** Begins, or stops what was begun. */
  async toggle(): Promise<void> {
    if (this.#asking !== undefined) {
      this.stop();
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    this.#options.changed();
    try {
      const suggested = await this.#options.ask(asking.signal);
      if (!asking.signal.aborted) this.#options.written(suggested);
    } catch (error) {
      if (!asking.signal.aborted) this.#options.failed(error);
    }
    if (this.#asking === asking) this.stop();
  }
}
