/** One thing at a time per key: what changes a conversation, or reads it at a position, waits for its turn. */

export interface KeyedMutex {
  /** Runs `work` after everything that was asked for under this key before. Its failure is the caller's alone. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      const tail = mine.then(
        () => undefined,
        () => undefined, // reported to the caller through `mine`; here only the order counts
      );
      tails.set(key, tail);
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      return mine;
    },
  };
}
