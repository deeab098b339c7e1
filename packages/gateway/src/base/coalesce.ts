/** Shares one run of a piece of work among all callers that wait for it. */

/**
 * Wraps `work`: at most one run is in progress and one is waiting. Each run starts after every call that it answers, so a caller is
 * never given a result from before its call. A run that fails rejects its callers only.
 */
export function coalesce<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<unknown> = Promise.resolve();
  let waiting: Promise<Result> | undefined;
  return () => {
    waiting ??= running.then(() => {
      running = Promise.allSettled([waiting]);
      waiting = undefined;
      return work();
    });
    return waiting;
  };
}
