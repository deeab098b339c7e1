/** Waits until the page is idle. */

/** The longest wait after `load`: a page that is never idle still gets its chat. */
const IDLE_LIMIT_MS = 5000;

/** Calls back once, when the page has loaded and is idle. @returns a function that cancels; it may be called twice */
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
