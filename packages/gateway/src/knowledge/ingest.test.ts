import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { htmlPage, sitemapOf, startDocumentSite, type DocumentSite } from '../testing/document-site.ts';
import { ingest } from './ingest.ts';
import type { KnowledgeSourceSettings } from './settings.ts';

let site: DocumentSite;
let store: Store;
beforeEach(async () => {
  site = await startDocumentSite();
  store = createMemoryStore();
});
afterEach(() => site.stop());

const run = (more: Partial<KnowledgeSourceSettings> = {}, signal = new AbortController().signal) =>
  ingest({
    store: store.knowledge,
    siteId: 'shop',
    source: { from: `${site.url}/sitemap.xml`, allowPrivate: true, delayMs: 0, ...more },
    clock: systemClock,
    signal,
  });
const find = async (question: string) =>
  (await store.knowledge.search('shop', question, 5)).map(({ url }) => url.slice(site.url.length));
const askedFor = () => site.requests.map(({ path, status }) => `${path} ${status}`);

function openShop(paths: readonly string[] = ['/returns', '/delivery']): void {
  site.pages.set('/sitemap.xml', sitemapOf(site.url, paths));
  site.pages.set('/returns', htmlPage('Returns', '<h2 id="how">How</h2><p>Within 30 days.</p>'));
  site.pages.set('/delivery', htmlPage('Delivery', '<p>Parcels take two days.</p>'));
}

describe('a sitemap', () => {
  it('is read with its pages, which are found by their words', async () => {
    openShop();
    expect(await run()).toMatchObject({ added: 2, failed: 0, isComplete: true });
    expect(await find('parcel')).toEqual(['/delivery']);
    expect(await store.knowledge.search('shop', '30 days', 1)).toMatchObject([
      { anchor: 'how', heading: 'How' },
    ]);
    expect(site.requests[0]).toMatchObject({ path: '/robots.txt', userAgent: 'rivulet-ingest' });
  });

  it('is read again by ETag: only what has changed is replaced, and what is gone is removed', async () => {
    openShop(['/returns', '/delivery', '/old']);
    site.pages.set('/old', htmlPage('Old', '<p>Unicorns.</p>'));
    await run();
    openShop();
    site.pages.set('/delivery', htmlPage('Delivery', '<p>Drones take an hour.</p>'));
    site.requests.splice(0);
    expect(await run()).toMatchObject({ added: 0, changed: 1, unchanged: 1, removed: 1 });
    expect(askedFor()).toEqual(expect.arrayContaining(['/returns 304', '/delivery 200']));
    expect([await find('unicorn'), await find('parcel'), await find('drone')]).toEqual([
      [],
      [],
      ['/delivery'],
    ]);
  });

  it('a page that is named and does not exist any more is removed; one that fails is kept', async () => {
    openShop();
    await run();
    site.pages.delete('/returns');
    site.pages.set('/delivery', { body: '', status: 503 });
    expect(await run()).toMatchObject({
      removed: 1,
      failed: 1,
      problems: [{ url: `${site.url}/delivery`, problem: 'It answers with status 503.' }],
    });
    expect([await find('within 30'), await find('parcel')]).toEqual([[], ['/delivery']]);
  });

  it('that cannot be read, is empty or is no document removes nothing', async () => {
    openShop();
    await run();
    for (const broken of [{ body: '', status: 500 }, sitemapOf(site.url, [])]) {
      site.pages.set('/sitemap.xml', broken);
      await expect(run()).rejects.toMatchObject({ name: 'IngestError' });
    }
    expect(await find('parcel')).toEqual(['/delivery']);
  });

  it('may be an index of further ones, also compressed; it stays on its origin', async () => {
    openShop();
    const inner = gzipSync(String(sitemapOf(site.url, ['/returns']).body));
    site.pages.set('/inner.xml.gz', { body: inner, type: 'application/gzip' });
    const index = `<sitemapindex><sitemap><loc>${site.url}/inner.xml.gz</loc></sitemap></sitemapindex>`;
    site.pages.set('/sitemap.xml', { body: index, type: 'application/xml' });
    expect(await run()).toMatchObject({ added: 1, failed: 0 });
    site.pages.set('/sitemap.xml', sitemapOf('http://127.0.0.2:9', ['/other']));
    expect(await run()).toMatchObject({ problems: [{ problem: 'Its origin is not one of the source.' }] });
  });

  it('is read up to maxDocuments, and then nothing is removed', async () => {
    openShop();
    await run();
    expect(await run({ maxDocuments: 1 })).toMatchObject({ isComplete: false, removed: 0 });
    expect(await store.knowledge.count('shop')).toMatchObject({ documents: 2 });
  });
});

describe('politeness', () => {
  it('robots.txt is respected, for this program and for all', async () => {
    openShop();
    site.pages.set('/robots.txt', { body: 'User-agent: *\nDisallow: /returns\n', type: 'text/plain' });
    expect(await run()).toMatchObject({ added: 1, failed: 1 });
    expect(askedFor()).not.toContain('/returns 200');
  });

  it('while robots.txt fails, nothing is read', async () => {
    openShop();
    site.pages.set('/robots.txt', { body: '', status: 503 });
    await expect(run()).rejects.toThrow('robots.txt');
    expect(askedFor()).toEqual(['/robots.txt 503']);
  });

  it('addresses that are not on the internet are not asked unless it is allowed', async () => {
    openShop();
    await expect(run({ allowPrivate: false })).rejects.toThrow(/private/);
    await expect(run({ allowPrivate: false, from: 'http://localhost:9/' })).rejects.toThrow(/private/);
    expect(site.requests).toEqual([]);
  });

  it('a redirect is followed within the origin and not out of it', async () => {
    openShop(['/moved', '/out']);
    site.pages.set('/moved', { body: '', status: 301, location: '/delivery' });
    site.pages.set('/out', { body: '', status: 302, location: 'http://127.0.0.2:9/secret' });
    expect(await run()).toMatchObject({ added: 1, failed: 1 });
    expect(await find('parcel')).toEqual(['/delivery']);
  });

  it('a page that asks not to be indexed is left out, and removed', async () => {
    openShop();
    await run();
    const page = htmlPage('Returns', '<p>Within 30 days.</p>');
    site.pages.set('/returns', {
      body: String(page.body).replace('<head>', '<head><meta name="robots" content="noindex">'),
    });
    expect(await run()).toMatchObject({ removed: 1 });
  });
});

describe('a page', () => {
  it('is read with those below its folder that it leads to, and no others', async () => {
    site.pages.set('/docs/', htmlPage('Docs', '<p>Start.</p><a href="a">A</a><a href="/shop">Shop</a>'));
    site.pages.set(
      '/docs/a',
      htmlPage('A', '<p>Apples.</p><a href="/docs/b#x">B</a><a href="/docs/">up</a>'),
    );
    site.pages.set('/docs/b', htmlPage('B', '<p>Bananas.</p>'));
    site.pages.set('/shop', htmlPage('Shop', '<p>Cherries.</p>'));
    expect(await run({ from: `${site.url}/docs/` })).toMatchObject({ added: 3 });
    expect([await find('banana'), await find('cherry')]).toEqual([['/docs/b'], []]);
    expect(await run({ from: `${site.url}/docs/` })).toMatchObject({ unchanged: 3, removed: 0 });
  });

  it('goes on where it was interrupted, also through the links of what is done', async () => {
    site.pages.set('/docs/', htmlPage('Docs', '<p>Start.</p><a href="a">A</a>'));
    site.pages.set('/docs/a', htmlPage('A', '<p>Apples.</p><a href="b">B</a>'));
    site.pages.set('/docs/b', htmlPage('B', '<p>Bananas.</p>'));
    const stop = new AbortController();
    site.onRequest = (path) => {
      if (path === '/docs/b') stop.abort(new Error('enough'));
    };
    await expect(run({ from: `${site.url}/docs/` }, stop.signal)).rejects.toThrow('enough');
    site.onRequest = () => undefined;
    site.requests.splice(0);
    expect(await run({ from: `${site.url}/docs/` })).toMatchObject({ resumed: 2, added: 1, removed: 0 });
    expect(askedFor()).not.toContain('/docs/a 200');
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rivulet-docs-'));
    mkdirSync(join(folder, 'guides'));
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, 'guides', 'set up.md'), '# Set up\n\nScrew the lamp on.\n');
    writeFileSync(join(folder, '.git', 'secret.md'), 'hidden');
    writeFileSync(join(folder, 'data.bin'), 'x');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read with its folders; its files are named by where they are published', async () => {
    expect(await run({ from: folder, baseUrl: 'https://docs.example/v1' })).toMatchObject({ added: 1 });
    expect(await store.knowledge.search('shop', 'screw', 1)).toMatchObject([
      { url: 'https://docs.example/v1/guides/set%20up.md', anchor: 'set-up' },
    ]);
    expect(await run({ from: folder, baseUrl: 'https://docs.example/v1' })).toMatchObject({ unchanged: 1 });
  });

  it('a file that changes is replaced, and one that is gone is removed', async () => {
    const file = join(folder, 'guides', 'set up.md');
    writeFileSync(join(folder, 'b.txt'), 'Unicorns.');
    await run({ from: folder });
    writeFileSync(file, '# Set up\n\nGlue the lamp on.\n');
    utimesSync(file, 1, 1);
    rmSync(join(folder, 'b.txt'));
    expect(await run({ from: folder })).toMatchObject({ changed: 1, removed: 1 });
    expect(await store.knowledge.search('shop', 'screw unicorns', 5)).toEqual([]);
  });

  it('that does not exist is named', async () => {
    await expect(run({ from: join(folder, 'nothing') })).rejects.toThrow('neither an address nor a folder');
  });
});
