/** Waiting that a signal ends at once, whatever is waited for. */

/** The same result, unless the signal aborts first: then it rejects with the signal's reason, and the late result is dropped. */
export function abortable<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      // The reason is whatever the caller aborted with; who catches it asks the signal.
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
