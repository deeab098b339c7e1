/** Events that arrived and have not been read yet, for one reader. */

/** A queue of items with one asynchronous reader. */
export class EventQueue<Item> {
  // Unbounded by design: the reader is synchronous work, so that these are the items of one turn of the event loop.
  #items: Item[] = [];
  #wake: (() => void) | undefined;
  #isEnded = false;

  /** Adds items; ignored after the end. */
  push(items: readonly Item[]): void {
    if (this.#isEnded) return;
    this.#items.push(...items);
    this.#wake?.();
  }

  /** Ends the queue. Items in it are still read. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Reads until the end. */
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
