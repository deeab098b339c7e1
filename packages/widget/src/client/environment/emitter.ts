/** Named moments and who listens to them. */

export class Emitter<Events extends object> {
  readonly #handlers = new Map<keyof Events, Set<(detail: never) => void>>();
  readonly #report: (error: unknown) => void;

  /** @param report is told what a handler throws: one listener's mistake is not another's. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** @returns the way to end it. */
  on<Name extends keyof Events>(name: Name, handler: (detail: Events[Name]) => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) {
      try {
        // A set under a name holds handlers of that name's detail only: see `on`.
        (handler as (detail: Events[Name]) => void)(detail);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
