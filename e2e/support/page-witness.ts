/** What a page's own browser sees of its guest: violations, shifts, long tasks, timers, listeners, lines. */
import type { CDPSession, Page } from 'playwright';

interface Witness {
  violations: string[];
  shifts: { value: number; hadRecentInput: boolean }[];
  longTasks: number[];
  timers: Set<unknown>;
  mediaLists: MediaQueryList[];
  globals: string[];
}
declare global {
  var witness: Witness;
}

/** Must be called before the page is visited. */
export async function watchPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Witness = {
      violations: [],
      shifts: [],
      longTasks: [],
      timers: new Set(),
      mediaLists: [],
      globals: [],
    };
    globalThis.witness = seen;
    document.addEventListener('securitypolicyviolation', (event) => {
      seen.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
    });
    new PerformanceObserver((list) => {
      // `layout-shift` is not in the types of the DOM yet.
      for (const entry of list.getEntries() as (PerformanceEntry & Witness['shifts'][0])[])
        seen.shifts.push({ value: entry.value, hadRecentInput: entry.hadRecentInput });
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.longTasks.push(Math.round(duration));
    }).observe({ type: 'longtask', buffered: true });
    countTimers(seen);
    const matchMedia = window.matchMedia.bind(window);
    window.matchMedia = (query) => {
      const list = matchMedia(query);
      seen.mediaLists.push(list);
      return list;
    };
    seen.globals = Object.getOwnPropertyNames(window);

    function countTimers({ timers }: Witness) {
      const [later, every] = [window.setTimeout.bind(window), window.setInterval.bind(window)];
      const cancel = window.clearTimeout.bind(window);
      // The page's own timers go through here, so that those which are left can be counted.
      window.setTimeout = ((callback: () => void, delayMs?: number) => {
        const id = later(() => {
          timers.delete(id);
          callback();
        }, delayMs);
        timers.add(id);
        return id;
      }) as typeof window.setTimeout;
      window.setInterval = ((callback: () => void, delayMs?: number) => {
        const id = every(callback, delayMs);
        timers.add(id);
        return id;
      }) as typeof window.setInterval;
      window.clearTimeout = window.clearInterval = (id) => {
        timers.delete(Number(id));
        cancel(id);
      };
    }
  });
}

/** Evaluates in the page with the inspector's own commands, `getEventListeners` among them. */
async function inspect(devtools: CDPSession, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
    expression,
    includeCommandLineAPI: true,
    returnByValue: true,
    awaitPromise: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** All that a guest could leave on a page, in one shape, to be compared with what was there before it came. */
export async function tracesOn(page: Page): Promise<unknown> {
  const devtools = await page.context().newCDPSession(page);
  const traces = await inspect(
    devtools,
    `(async () => {
      const counts = (targets) => {
        const all = {};
        for (const target of targets)
          for (const [type, { length }] of Object.entries(getEventListeners(target))) all[type] = (all[type] ?? 0) + length;
        return all;
      };
      return {
        window: counts([window]),
        document: counts([document, document.documentElement, document.body]),
        viewport: counts([visualViewport, ...witness.mediaLists]),
        timers: witness.timers.size,
        nodes: document.querySelectorAll('*').length,
        attributes: [document.documentElement, document.body].map((one) => one.outerHTML.split('>')[0]),
        sheets: document.adoptedStyleSheets.length + document.styleSheets.length,
        highlights: CSS.highlights.size,
        locks: (await navigator.locks.query()).held.length,
        overflow: getComputedStyle(document.documentElement).overflow,
      };
    })()`,
  );
  await devtools.detach();
  return traces;
}

/** The open lines of a page, counted from the outside. */
export function countSockets(page: Page): { open: number } {
  const count = { open: 0 };
  page.on('websocket', (socket) => {
    count.open += 1;
    socket.on('close', () => (count.open -= 1));
  });
  return count;
}
