/** Items that have arrived and wait for one reader, for tests of both ends of a connection. */

/** A queue with one reader, which waits while the queue is empty. */
export class Inbox<Item> {
  readonly #items: Item[] = []; // bounded by the test that fills it
  #wake: (() => void) | undefined;
  #isEnded = false;

  /** Adds items for the reader; ignored after the end. */
  push(...items: Item[]): void {
    if (this.#isEnded) return;
    this.#items.push(...items);
    this.#wake?.();
  }

  /** Ends the reader's iteration after the items that are queued. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Iterates over the items in order, until `end`. */
  async *read(): AsyncGenerator<Item> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
