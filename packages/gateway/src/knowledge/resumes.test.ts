/** An ingestion of 1,000 pages whose process is killed goes on where it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../base/index.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import { htmlPage, sitemapOf, startDocumentSite, type DocumentSite } from '../testing/document-site.ts';
import { ingest } from './ingest.ts';

const PAGES = 1_000;
const KILLED_AT = 400;
const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

let site: DocumentSite;
let folder: string;
/** How many pages were asked for. */
let asked = 0;
beforeEach(async () => {
  site = await startDocumentSite();
  folder = mkdtempSync(join(tmpdir(), 'rivulet-ingest-'));
});
afterEach(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

it(
  '1,000 pages: a process that is killed with SIGKILL loses at most the page that it was reading',
  { timeout: 120_000 },
  async () => {
    const paths = Array.from({ length: PAGES }, (_, index) => `/page-${index}`);
    site.pages.set('/sitemap.xml', sitemapOf(site.url, paths));
    for (const path of paths)
      site.pages.set(path, htmlPage(path, `<p>The lamp number ${path.slice(6)} glows.</p>`));
    const file = join(folder, 'rivulet.sqlite');
    const source = { from: `${site.url}/sitemap.xml`, allowPrivate: true, delayMs: 0 };
    await killedIngestion(file, source);
    expect(asked).toBe(KILLED_AT);

    const store = await createSqliteStore({ file });
    const { signal } = new AbortController();
    const report = await ingest({
      store: store.knowledge,
      siteId: 'shop',
      source,
      clock: systemClock,
      signal,
    });
    expect(report).toMatchObject({
      resumed: KILLED_AT - 1,
      added: PAGES - KILLED_AT + 1,
      failed: 0,
      isComplete: true,
    });
    expect(asked).toBe(PAGES + 1);
    expect(await store.knowledge.count('shop')).toEqual({ documents: PAGES, pieces: PAGES });
    expect(await store.knowledge.search('shop', 'lamp number 777', 1)).toMatchObject([
      { url: `${site.url}/page-777` },
    ]);
    await store.close();
  },
);

/** Ingests in a process of its own, which is killed while it waits for page `KILLED_AT`. */
async function killedIngestion(file: string, source: object): Promise<void> {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier === '@rivulet/protocol' ? ${at('../../../protocol/src/index.ts')} : specifier, context),
    });
    const { ingest } = await import(${at('./ingest.ts')});
    const { createSqliteStore } = await import(${at('../stores/sqlite.ts')});
    const { systemClock } = await import(${at('../base/index.ts')});
    const store = await createSqliteStore({ file: ${JSON.stringify(file)} });
    const { signal } = new AbortController();
    await ingest({ store: store.knowledge, siteId: 'shop', source: ${JSON.stringify(source)}, clock: systemClock, signal });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  site.onRequest = async (path) => {
    if (!path.startsWith('/page-')) return;
    asked += 1;
    if (asked !== KILLED_AT) return;
    child.kill('SIGKILL');
    await ended;
  };
  expect(await ended).toEqual([null, 'SIGKILL']);
}
