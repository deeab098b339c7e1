import { afterEach, beforeEach, expect, it } from 'vitest';
import { randomBytes, silentLogger } from './base/index.ts';
import { createKnowledgeRefresh } from './knowledge-refresh.ts';
import type { KnowledgeSettings } from './knowledge/settings.ts';
import { createMemoryStore } from './stores/memory.ts';
import type { Store } from './stores/store.ts';
import { htmlPage, sitemapOf, startDocumentSite, type DocumentSite } from './testing/document-site.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';

const HOUR_MS = 60 * 60_000;
let site: DocumentSite;
let store: Store;
let clock: FakeClock;
beforeEach(async () => {
  site = await startDocumentSite();
  site.pages.set('/sitemap.xml', sitemapOf(site.url, ['/a']));
  site.pages.set('/a', htmlPage('A', '<p>Apples.</p>'));
  store = createMemoryStore();
  clock = createFakeClock(Date.UTC(2026, 10, 30, 12));
});
afterEach(() => site.stop());

/** The lines of all gateways, by their level. */
let lines: string[] = [];
function openGateway(knowledge: Partial<KnowledgeSettings> = {}) {
  lines = [];
  const log = (level: string) => (_fields: object, text: string) => void lines.push(`${level}: ${text}`);
  const sources = [{ from: `${site.url}/sitemap.xml`, allowPrivate: true, delayMs: 0 }];
  const sites = {
    list: () => [{ id: 'shop', origins: [], knowledge: { sources, refreshAt: '03:30', ...knowledge } }],
  };
  const logger = { ...silentLogger, info: log('info'), warn: log('warn'), error: log('error') };
  return createKnowledgeRefresh({ store, sites, clock, random: randomBytes, logger });
}
const pagesAskedFor = () => site.requests.filter(({ path }) => path === '/a').length;

it('sources are read once a day, by one of the gateways', async () => {
  const [one, other] = [openGateway(), openGateway()];
  await Promise.all([one.run(), other.run()]);
  await other.run();
  expect(pagesAskedFor()).toBe(1);
  expect(await store.knowledge.search('shop', 'apple', 1)).toHaveLength(1);
  clock.advance(16 * HOUR_MS); // 04:00 of the next day
  await other.run();
  expect(pagesAskedFor()).toBe(2);
  expect(lines).toEqual([
    'info: the documents of a site were read again',
    'info: the documents of a site were read again',
  ]);
});

it.each<Partial<KnowledgeSettings>>([{ refreshAt: 'off' }, { sources: [] }])(
  'nothing is read with %j',
  async (knowledge) => {
    await openGateway(knowledge).run();
    expect(site.requests).toEqual([]);
  },
);

it('a source that cannot be read is named, and tried on the next day', async () => {
  site.pages.delete('/sitemap.xml');
  const gateway = openGateway();
  await gateway.run();
  await gateway.run();
  expect(lines).toEqual(['warn: a source of documents could not be read; it is tried again on the next day']);
});

it('a gateway that closes ends what it reads, and the next one goes on', async () => {
  site.pages.set('/sitemap.xml', sitemapOf(site.url, ['/a', '/b']));
  site.pages.set('/b', htmlPage('B', '<p>Bananas.</p>'));
  const gateway = openGateway();
  site.onRequest = (path) => {
    if (path === '/b') gateway.close();
  };
  await gateway.run();
  gateway.close();
  site.onRequest = () => undefined;
  clock.advance(10 * 60_000); // the claim of the one that has closed
  await openGateway().run();
  expect(pagesAskedFor()).toBe(1);
  expect(await store.knowledge.count('shop')).toMatchObject({ documents: 2 });
});
