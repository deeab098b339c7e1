/** Waits until the page is idle. */

/** The longest wait after `load`: a page that is never idle still gets its chat. */
const IDLE_LIMIT_MS = 5000;

/** Calls back once, when the page has loaded and is idle. @returns a function that cancels; it may be called twice */
export function whenIdle(callback: () => void): () => void {
  let isCancelled = false;
  const run = (): void => {
    if (!isCancelled) callback();
  };
  const schedule = (): void => {
    // Safari has no requestIdleCallback before 26.
    if (globalThis.requestIdleCallback as unknown) requestIdleCallback(run, { timeout: IDLE_LIMIT_MS });
    else setTimeout(run, 1);
  };
  if (document.readyState === 'complete') schedule();
  else addEventListener('load', schedule, { once: true });
  return () => {
    isCancelled = true;
    removeEventListener('load', schedule);
  };
}
