/** What came in and was not read yet, for one reader. */

export class EventQueue<Item> {
  // Unbounded by design: the reader only folds, so what is here came within one turn of the loop.
  #items: Item[] = [];
  #wake: (() => void) | undefined;
  #isEnded = false;

  push(items: readonly Item[]): void {
    if (this.#isEnded) return;
    this.#items.push(...items);
    this.#wake?.();
  }

  /** What is in the queue is still read. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

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
