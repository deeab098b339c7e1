/** A typed event emitter. */

/** Emits events by name. `Events` maps each name to the type of its detail. */
export class Emitter<Events extends object> {
  readonly #handlers = new Map<keyof Events, Set<(detail: never) => void>>();
  readonly #report: (error: unknown) => void;

  /** @param report receives what a handler throws, so that the other handlers are still called */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Adds a handler; adding the same one again has no effect. @returns a function that removes it */
  on<Name extends keyof Events>(name: Name, handler: (detail: Events[Name]) => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  /** Calls the handlers of `name` in the order in which they were added. */
  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const handler of this.#handlers.get(name) ?? []) {
      try {
        // `on` only adds handlers of this name's detail to this set, which the type of the map cannot express.
        (handler as (detail: Events[Name]) => void)(detail);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
