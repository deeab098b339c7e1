/** Waits until the page has nothing better to do. */

/** A page that is never idle still gets its chat. */
const IDLE_LIMIT_MS = 5000;

/** Calls back once the page has loaded and is idle. @returns the way to cancel it, which may be called twice. */
export function whenIdle(callback: () => void): () => void {
  let cancel = (): void => {
    removeEventListener('load', schedule);
  };
  function schedule(): void {
    // Safari has no requestIdleCallback before 26.
    if (typeof requestIdleCallback === 'function') {
      const handle = requestIdleCallback(callback, { timeout: IDLE_LIMIT_MS });
      cancel = () => {
        cancelIdleCallback(handle);
      };
    } else {
      const handle = setTimeout(callback, 1);
      cancel = () => {
        clearTimeout(handle);
      };
    }
  }
  if (document.readyState === 'complete') schedule();
  else addEventListener('load', schedule, { once: true });
  return () => {
    cancel();
  };
}
