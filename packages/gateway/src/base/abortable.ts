/** Makes any promise abortable by a signal. */

/** Settles like `work`, unless the signal aborts first: then it rejects with the signal's reason and the late result is dropped. */
export function abortable<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      // The reason may be any value that the caller aborted with; handlers check the signal instead.
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
