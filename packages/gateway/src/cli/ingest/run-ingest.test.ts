import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSqliteStore } from '../../stores/sqlite.ts';
import { htmlPage, sitemapOf, startDocumentSite, type DocumentSite } from '../../testing/document-site.ts';
import { readArguments } from '../arguments.ts';
import { checkConfig } from '../check.ts';
import { readConfig } from '../read-config.ts';
import { runIngest } from './run-ingest.ts';

let site: DocumentSite;
let folder: string;
beforeEach(async () => {
  site = await startDocumentSite();
  site.pages.set('/sitemap.xml', sitemapOf(site.url, ['/returns', '/gone']));
  site.pages.set('/returns', htmlPage('Returns', '<p>Within 30 days.</p>'));
  folder = mkdtempSync(join(tmpdir(), 'rivulet-ingest-'));
});
afterEach(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

function run(words: string, flags: Record<string, string> = {}) {
  const { options, source } = readArguments(['ingest', ...words.split(' ').filter(Boolean)]);
  const config = readConfig({ environment: { RIVULET_DATA: folder }, flags });
  return runIngest({ config, options, source, report: () => undefined });
}

async function search(question: string) {
  const store = await createSqliteStore({ file: join(folder, 'rivulet.sqlite') });
  return store.knowledge.search('demo', question, 5).finally(() => store.close());
}

it('rivulet ingest reads a sitemap into the store, says what became of it, and removes it again', async () => {
  const words = `${site.url}/sitemap.xml --site demo --allow-private --delay 0`;
  const output = await run(words);
  expect(output.json).toMatchObject({
    site: 'demo',
    documents: 1,
    pieces: 1,
    sources: [{ added: 1, isComplete: true }],
  });
  expect(output.exitCode).toBeUndefined();
  expect(output.text).toContain('Set "knowledge": {}');
  expect(await search('30 days')).toMatchObject([{ title: 'Returns' }]);
  site.pages.set('/returns', { body: '', status: 500 });
  expect(await run(words)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('status 500') as string,
  });
  expect((await run(`${words} --remove`)).json).toEqual({ site: 'demo', removed: 1 });
  expect(await search('30 days')).toEqual([]);
});

it.each([
  ['', 'after ingest'],
  ['https://a.example --site nobody', '--site'],
  ['https://a.example --delay soon', '--delay'],
  ['https://a.example --max-documents 0', '--max-documents'],
  ['docs --base-url docs', '--base-url'],
])('rivulet ingest %s is wrong usage', async (words, named) => {
  await expect(run(words)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(named) as string,
  });
});

it('rivulet ingest names what cannot be read, and takes one source', async () => {
  await expect(run(`${site.url}/nothing --allow-private`)).rejects.toThrow('It does not exist.');
  expect(() => readArguments(['ingest', 'a', 'b'])).toThrow('one address or folder');
});

it('rivulet check shows the documents of a site', async () => {
  const config = readConfig({ environment: {}, flags: {} });
  const sites = [
    {
      id: 'shop',
      origins: ['https://shop.example'],
      knowledge: { strict: true, sources: [{ from: 'docs' }] },
    },
  ];
  expect(await checkConfig({ ...config, sites })).toMatch(
    /documents +docs; at most 6 pieces for a search; answers only from them/,
  );
});
