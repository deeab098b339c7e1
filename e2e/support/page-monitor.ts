/** Monitors what the widget does to its page: policy violations, layout shifts, long tasks, timers, listeners, connections. */
import type { CDPSession, Page } from 'playwright';

/** What is recorded in the page. */
interface PageMonitor {
  /** Violations of the Content-Security-Policy: directive, blocked address, sample. */
  violations: string[];
  /** Layout shifts, with their score. */
  shifts: { value: number; hadRecentInput: boolean }[];
  /** The durations of tasks of more than 50 ms, in milliseconds. */
  longTasks: number[];
  /** The ids of the timers that are pending. */
  timers: Set<unknown>;
  /** Every result of `matchMedia`, so that its listeners can be counted. */
  mediaLists: MediaQueryList[];
  /** The properties of `window` before the first script of the page. */
  globals: string[];
}
declare global {
  /** Set by {@link monitorPage} in the page that it monitors. */
  var pageMonitor: PageMonitor;
}

/** Starts to monitor a page, in `globalThis.pageMonitor` of the page. Must be called before the page is visited. */
export async function monitorPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const monitor: PageMonitor = {
      violations: [],
      shifts: [],
      longTasks: [],
      timers: new Set(),
      mediaLists: [],
      globals: [],
    };
    globalThis.pageMonitor = monitor;
    document.addEventListener('securitypolicyviolation', (event) => {
      monitor.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
    });
    new PerformanceObserver((list) => {
      // The DOM types do not have `layout-shift` yet.
      for (const entry of list.getEntries() as (PerformanceEntry & PageMonitor['shifts'][0])[])
        monitor.shifts.push({ value: entry.value, hadRecentInput: entry.hadRecentInput });
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) monitor.longTasks.push(Math.round(duration));
    }).observe({ type: 'longtask', buffered: true });
    countTimers(monitor);
    const matchMedia = window.matchMedia.bind(window);
    window.matchMedia = (query) => {
      const list = matchMedia(query);
      monitor.mediaLists.push(list);
      return list;
    };
    monitor.globals = Object.getOwnPropertyNames(window);

    function countTimers({ timers }: PageMonitor) {
      const [setOnce, setRepeating] = [window.setTimeout.bind(window), window.setInterval.bind(window)];
      const cancel = window.clearTimeout.bind(window);
      // Every timer of the page is created here, so that the pending ones can be counted.
      window.setTimeout = ((callback: () => void, delayMs?: number) => {
        const id = setOnce(() => {
          timers.delete(id);
          callback();
        }, delayMs);
        timers.add(id);
        return id;
      }) as typeof window.setTimeout;
      window.setInterval = ((callback: () => void, delayMs?: number) => {
        const id = setRepeating(callback, delayMs);
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

/** Evaluates in the page with the functions of the DevTools console, such as `getEventListeners`. */
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

/** Collects everything that the widget could leave on a page. A test compares the state before the widget with that after it. */
export async function collectPageState(page: Page): Promise<unknown> {
  const devtools = await page.context().newCDPSession(page);
  const state = await inspect(
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
        viewport: counts([visualViewport, ...pageMonitor.mediaLists]),
        timers: pageMonitor.timers.size,
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
  return state;
}

/** Counts the open WebSockets of a page from now on. The returned object changes with them. */
export function countWebSockets(page: Page): { open: number } {
  const count = { open: 0 };
  page.on('websocket', (socket) => {
    count.open += 1;
    socket.on('close', () => (count.open -= 1));
  });
  return count;
}
