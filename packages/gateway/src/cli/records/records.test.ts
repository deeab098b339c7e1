import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres } from '../../testing/postgres-server.ts';
import { sampleFacts } from '../../testing/contracts/store-run-facts-contract.ts';
import { SAMPLE_MS, accepted, finished } from '../../testing/samples.ts';
import { createPostgresStore } from '../../stores/postgres.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import type { Store } from '../../stores/store.ts';
import { readArguments } from '../arguments.ts';
import { readConfig } from '../read-config.ts';
import { runErase } from './run-erase.ts';
import { runExport } from './run-export.ts';

const POSTGRES_MS = 60_000;
let folder: string;
let environment: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-records-'));
  environment = { RIVULET_DATA: folder };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const openStore = (): Promise<Store> => createSqliteStore({ file: join(folder, 'rivulet.sqlite') });
const inputOf = (args: string[]) => ({
  config: readConfig({ environment, flags: {} }),
  options: readArguments(args).options,
  report: () => undefined,
});
const exportTo = (file: string, args: string[]) =>
  runExport(inputOf(['export', ...args, '--output', join(folder, file)]));
const readLines = (file: string) =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A visitor with two conversations, and another visitor of the same site with one. */
async function fill(store: Store) {
  const owner = { siteId: 'shop', ownerId: 'v_one' };
  const first = await accepted(store, { owner });
  const second = await accepted(store, { owner });
  const other = await accepted(store, { owner: { siteId: 'shop', ownerId: 'v_two' } });
  return { owner, ids: [first.conversationId, second.conversationId], other: other.conversationId };
}
const VISITOR = ['--site', 'shop', '--visitor', 'v_one'];

describe('rivulet export', () => {
  it('writes the conversations of a visitor, of a site, or one, while a gateway owns the store', async () => {
    const store = await openStore();
    await store.own();
    const { ids, other } = await fill(store);
    const { json } = await exportTo('visitor.ndjson', VISITOR);
    expect(json).toMatchObject({ conversations: 2, messages: 4 });
    expect(readLines('visitor.ndjson').map(({ id }) => id)).toEqual(ids.toSorted());
    await exportTo('site.ndjson', ['--site', 'shop']);
    expect(readLines('site.ndjson')).toHaveLength(3);
    await exportTo('one.ndjson', ['--conversation', other]);
    expect(readLines('one.ndjson')).toMatchObject([{ id: other, site: 'shop', visitor: 'v_two' }]);
    await exportTo('all.json', ['--site', 'shop', '--format', 'json']);
    const all = JSON.parse(readFileSync(join(folder, 'all.json'), 'utf8')) as { conversations: unknown[] };
    expect([all, all.conversations.length]).toMatchObject([{ format: 'rivulet-export', site: 'shop' }, 3]);
    await store.close();
  });

  it('has the facts of the runs: who answered, and what it cost', async () => {
    const store = await openStore();
    const { conversationId, answer } = await accepted(store, { owner: { siteId: 'shop', ownerId: 'v_one' } });
    await store.endRun(conversationId, { ...finished(answer), facts: sampleFacts() }, SAMPLE_MS);
    await store.close();
    await exportTo('facts.ndjson', VISITOR);
    const runs = [{ messageId: answer.id, ...sampleFacts() }];
    expect(readLines('facts.ndjson')).toMatchObject([{ id: conversationId, runs }]);
  });

  it('reads Postgres, too', { timeout: POSTGRES_MS }, async () => {
    const server = await startPostgres();
    environment = { ...environment, RIVULET_POSTGRES_URL: server.connectionString };
    const store = createPostgresStore({ connectionString: server.connectionString });
    const { ids } = await fill(store);
    await exportTo('visitor.ndjson', VISITOR);
    expect(readLines('visitor.ndjson').map(({ id }) => id)).toEqual(ids.toSorted());
    await store.close();
    await server.dispose();
  });

  it.each([
    [['--visitor', 'v_one'], 'expected --site with the id of a site'],
    [['--conversation', 'x'], '--conversation: expected the id'],
    [['--conversation', 'c_a', '--site', 'shop'], 'expected --conversation alone'],
    [['--site', 'shop', '--format', 'xml'], '--format: expected ndjson or json'],
  ])('refuses %j', async (args, problem) => {
    await expect(exportTo('none', args)).rejects.toThrow(problem);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('says that there is no database, and creates none', async () => {
    await expect(exportTo('none', ['--site', 'shop'])).rejects.toThrow('There is no database');
    expect(existsSync(join(folder, 'rivulet.sqlite'))).toBe(false);
  });
});

describe('rivulet erase', () => {
  it('erases a visitor but for what is held, which it names, and nobody else', async () => {
    const store = await openStore();
    const { owner, ids, other } = await fill(store);
    await store.retention.hold({ conversationId: ids[0] ?? other, sinceMs: SAMPLE_MS, reason: 'case 12' });
    await store.close();
    const shown = await runErase(inputOf(['erase', ...VISITOR, '--dry-run']));
    expect(shown.text).toContain('rivulet erase would erase of everything of visitor v_one of site shop');
    const { text, exitCode, json } = await runErase(inputOf(['erase', ...VISITOR, '--yes']));
    expect(text).toContain(`Not erased, because of a legal hold: ${ids[0] ?? ''} (case 12).`);
    expect([exitCode, json]).toMatchObject([1, { erased: 1, held: [{ reason: 'case 12' }] }]);
    const again = await openStore();
    const left = await again.listConversations(owner, { limit: 9 });
    expect(left.map(({ id }) => id)).toEqual([ids[0]]);
    expect(await again.readConversation(other)).toBeDefined();
    await again.close();
  }, 20_000);

  it('asks, and erases nothing when the answer is no or there is nobody to ask', async () => {
    const store = await openStore();
    const { other } = await fill(store);
    await store.close();
    const input = inputOf(['erase', '--conversation', other]);
    const typed = new PassThrough();
    typed.end('perhaps\nno\n');
    const terminal = { input: typed, output: new PassThrough() };
    await expect(runErase({ ...input, terminal })).rejects.toThrow('Nothing was erased.');
    await expect(runErase({ ...input, terminal: undefined })).rejects.toMatchObject({ exitCode: 2 });
    const again = await openStore();
    expect(await again.readConversation(other)).toBeDefined();
    await again.close();
  });

  it('is refused while a gateway owns the store, with what to do', async () => {
    const store = await openStore();
    await store.own();
    const { other } = await fill(store);
    const erasing = runErase(inputOf(['erase', '--conversation', other, '--yes']));
    await expect(erasing).rejects.toThrow(/stop the gateway, erase, and start it again/);
    expect(await store.readConversation(other)).toBeDefined();
    await store.close();
  });

  it('a whole site is not erased by one command', async () => {
    const store = await openStore();
    await store.close();
    await expect(runErase(inputOf(['erase', '--site', 'shop', '--yes']))).rejects.toThrow(
      'expected --visitor',
    );
  });
});
