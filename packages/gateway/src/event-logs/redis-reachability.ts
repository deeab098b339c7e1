/**
 * Whether the other gateways can read what this one writes to Redis: the connection is there, and nothing that viewers were shown
 * waits for an answer after a failure. Of a cluster, one shard that is down counts only while a conversation on it is written.
 */
export class RedisReachability {
  readonly #handles = new Set<() => void>();
  #isConnected = true;
  /** Conversations whose last write has failed and is tried again. */
  #failing = 0;
  #isClosed = false;

  /** Before the first connection it is true: a gateway does not start without Redis. */
  get isReachable(): boolean {
    return this.#isConnected && this.#failing === 0;
  }

  /** Calls `handle` each time that `isReachable` has changed. @returns a function that removes it */
  onChange(handle: () => void): () => void {
    this.#handles.add(handle);
    return () => this.#handles.delete(handle);
  }

  /** The connection for commands was lost. Bound, as a callback. */
  readonly lost = (): void => {
    this.#change(() => {
      this.#isConnected = false;
    });
  };

  /** The connection is back, and what was pending is written. */
  connected(): void {
    this.#change(() => {
      this.#isConnected = true;
    });
  }

  /** Waits for what a conversation has to write again. */
  async failing(restored: Promise<void>): Promise<void> {
    this.#change(() => {
      this.#failing += 1;
    });
    await restored;
    this.#change(() => {
      this.#failing -= 1;
    });
  }

  /** Nothing is told any more: the end of the connection is no failure. */
  close(): void {
    this.#isClosed = true;
  }

  #change(apply: () => void): void {
    const before = this.isReachable;
    apply();
    if (this.isReachable === before || this.#isClosed) return;
    for (const handle of this.#handles) handle();
  }
}
