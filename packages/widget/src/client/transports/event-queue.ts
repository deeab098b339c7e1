/** Queues the events of a connection between its transport and its reader. */

/** A first-in, first-out queue with one asynchronous reader. */
export class EventQueue<Item> {
  // Unbounded by design: the reader does only synchronous work, so the queue holds what arrived in one event-loop iteration.
  #items: Item[] = [];
  #wake: (() => void) | undefined;
  #isEnded = false;

  /** Appends items and wakes the reader. After `end` it does nothing. */
  push(items: readonly Item[]): void {
    if (this.#isEnded) return;
    this.#items.push(...items);
    this.#wake?.();
  }

  /** Ends the queue. Items that are in it can still be read. May be called twice. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Yields the items in order until the queue has ended and is empty. Call it once. */
  async *read(): AsyncGenerator<Item> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
