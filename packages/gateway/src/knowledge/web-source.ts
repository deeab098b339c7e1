/** A source on the web: the pages of a sitemap, or a page and those below it that it leads to. */
import type { Clock } from '../base/index.ts';
import { createFetcher, type Fetched, type Fetcher } from './fetch-document.ts';
import { IngestError, type IngestOptions, type Offered, type OpenSource } from './source.ts';
import { createRobots, type Robots } from './robots.ts';
import { readSitemap, type Sitemap } from './sitemap.ts';
import { DEFAULT_SOURCE } from './settings.ts';

/** Sitemaps of an index; the protocol allows more than any site has documents. */
const MAX_SITEMAPS = 500;
/** Addresses that wait to be read, which pages without end could fill. */
const MAX_WAITING = 200_000;

/**
 * Opens a source on the web.
 * @throws {IngestError} when it cannot be read
 */
export async function openWeb({ source, clock, signal }: IngestOptions): Promise<OpenSource> {
  const start = URL.parse(source.from);
  if (start === null) throw new IngestError(`${source.from} is no address.`);
  start.hash = '';
  const fetcher = createFetcher({ clock, allowPrivate: source.allowPrivate === true });
  const robots = createRobots(fetcher);
  const origins = new Set([start.origin, ...(source.allowOrigins ?? []).map((each) => new URL(each).origin)]);
  const delayMs = source.delayMs ?? DEFAULT_SOURCE.delayMs;
  const web = new Web({ fetcher, robots, clock, signal, origins, delayMs });
  try {
    const first = await web.first(start);
    const sitemap = readSitemap(first);
    return sitemap === undefined
      ? webOf(web, pageSource(start, web))
      : webOf(web, sitemapSource(sitemap, web));
  } catch (error) {
    fetcher.close();
    signal.throwIfAborted();
    if (error instanceof IngestError) throw error;
    throw new IngestError(
      `${source.from} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

interface WebOptions {
  fetcher: Fetcher;
  robots: Robots;
  clock: Clock;
  signal: AbortSignal;
  origins: ReadonlySet<string>;
  delayMs: number;
}

/** Requests, one after the other. */
class Web {
  readonly #options: WebOptions;
  /** When the next request may be made. */
  #nextMs = 0;

  constructor(options: WebOptions) {
    this.#options = options;
  }

  isAllowed = (url: URL): boolean => this.#options.origins.has(url.origin);

  close(): void {
    this.#options.fetcher.close();
  }

  /** @throws {IngestError} */
  async first(url: URL): Promise<Extract<Fetched, { kind: 'document' }>> {
    const fetched = await this.get(url);
    if (fetched.kind === 'document') return fetched;
    const problem = fetched.kind === 'failed' ? fetched.problem : 'It does not exist.';
    throw new IngestError(`${url.href} cannot be read. ${problem}`);
  }

  async get(url: URL, known?: { etag: string; lastModified: string }): Promise<Fetched> {
    const { fetcher, robots, signal, clock, delayMs } = this.#options;
    if (!this.isAllowed(url)) return { kind: 'failed', problem: 'Its origin is not one of the source.' };
    const problem = await robots.problemOf(url, signal);
    if (problem !== undefined) return { kind: 'failed', problem };
    await this.#pause(this.#nextMs - clock.now());
    this.#nextMs = clock.now() + Math.max(delayMs, robots.delayMs(url));
    return fetcher.fetch(url, { ...known, isAllowed: this.isAllowed, signal });
  }

  async #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#options;
    if (ms <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        timer.cancel();
        reject(signal.reason as Error); // whoever aborts says why
      };
      const timer = clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

type Addresses = Pick<OpenSource, 'addresses' | 'follow'>;

const webOf = (web: Web, addresses: Addresses): OpenSource => ({
  ...addresses,
  async read(url, known): Promise<Offered> {
    const target = URL.parse(url);
    if (target === null) return { kind: 'failed', problem: 'It is no address.' };
    const fetched = await web.get(target, known);
    if (fetched.kind !== 'document') return fetched;
    const { etag, lastModified, kind, ...raw } = fetched;
    return { kind, raw, etag, lastModified };
  },
  close: () => {
    web.close();
  },
});

/** The pages that sitemaps name. */
function sitemapSource(first: Sitemap, web: Web): Addresses {
  return {
    async *addresses() {
      const seen = new Set<string>();
      const waiting = [first];
      const sitemaps = new Set<string>();
      for (let sitemap = waiting.shift(); sitemap !== undefined; sitemap = waiting.shift()) {
        for (const page of sitemap.pages) {
          const url = withoutHash(page);
          if (url === undefined || seen.has(url)) continue;
          seen.add(url);
          yield url;
        }
        for (const each of sitemap.sitemaps) {
          const url = URL.parse(each);
          if (url === null || sitemaps.has(url.href) || sitemaps.size >= MAX_SITEMAPS) continue;
          sitemaps.add(url.href);
          // One that cannot be read ends the ingestion: its pages would count as gone.
          const read = readSitemap(await web.first(url));
          if (read === undefined) throw new IngestError(`${url.href} is no sitemap.`);
          waiting.push(read);
        }
      }
    },
    follow: () => undefined,
  };
}

/** A page, and the pages below its folder that it and they lead to. */
function pageSource(start: URL, web: Web): Addresses {
  const folder = new URL('.', start).href;
  const seen = new Set([start.href]);
  const waiting = [start.href];
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface is that of sources that have to wait
    async *addresses() {
      for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) yield url;
    },
    follow(links) {
      for (const link of links) {
        const url = withoutHash(link);
        if (url === undefined || seen.has(url) || seen.size >= MAX_WAITING) continue;
        const isBelow = url.startsWith(folder) || !url.startsWith(`${start.origin}/`);
        if (!isBelow || !web.isAllowed(new URL(url))) continue;
        seen.add(url);
        waiting.push(url);
      }
    },
  };
}

function withoutHash(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  url.hash = '';
  return url.href;
}
