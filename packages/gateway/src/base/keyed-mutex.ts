/** A mutex per key. It serialises what changes a conversation. */

/** A mutex for each key. */
export interface KeyedMutex {
  /** Runs `work` after all earlier work of the same key. An error of `work` rejects this call only. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when all earlier work of the key has ended, also by an error. Later work does not wait for the caller. */
  settled(key: string): Promise<void>;
}

/** Creates a mutex without any lock held. */
export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();
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
    settled: async (key) => tails.get(key),
  };
}
