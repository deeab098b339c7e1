/** Imports that are refused, and imports that are interrupted and go on, with a real Postgres. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDiskFileStore } from '../../files/disk.ts';
import { createPostgresStore } from '../../stores/postgres.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import type { Store } from '../../stores/store.ts';
import { fillDataFolder, FILE_TEXT, type FilledFolder } from '../../testing/data-folder.ts';
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts';
import { accepted } from '../../testing/samples.ts';
import { readConfig } from '../read-config.ts';
import { importFolder, type ImportOptions } from './import.ts';

const TIMEOUT_MS = 60_000;
let server: PostgresServer;
let count = 0;
let folder: string;
let filled: FilledFolder;
const opened: Store[] = [];
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  server = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-import-'));
  filled = await fillDataFolder(at('data'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function emptyDatabase() {
  const database = `imported${(count += 1)}`;
  await server.run(`CREATE DATABASE ${database}`);
  const postgresUrl = server.connectionString.replace('/postgres?', `/${database}?`);
  const lines: string[] = [];
  const put = (more: Partial<ImportOptions> = {}, settings = {}) =>
    importFolder({
      config: {
        ...readConfig({ environment: {}, flags: {} }),
        dataFolder: at('data'),
        postgresUrl,
        ...settings,
      },
      into: at('data'),
      signal: new AbortController().signal,
      report: (line) => lines.push(line),
      ...more,
    });
  const open = () => {
    const store = createPostgresStore({ connectionString: postgresUrl });
    opened.push(store);
    return store;
  };
  return { put, open, lines, run: (sql: string) => server.run(sql, database) };
}

const openSqlite = async (): Promise<Store> => createSqliteStore({ file: at('data', 'rivulet.sqlite') });
/** Does something as a gateway on the folder. */
async function onFolder<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openSqlite();
  return work(store).finally(() => store.close());
}
/** Aborts once as many lines were printed. */
function stopAfter(lines: readonly string[], wanted: number) {
  const stop = new AbortController();
  const report = (line: string) => {
    (lines as string[]).push(line);
    if (lines.length === wanted) stop.abort(new Error('enough'));
  };
  return { signal: stop.signal, report };
}

describe('an import is refused', { timeout: TIMEOUT_MS }, () => {
  it('while a gateway uses the folder', async () => {
    const { put } = await emptyDatabase();
    await onFolder(async (store) => {
      await store.own();
      await expect(put()).rejects.toThrow(/is used by another gateway: process/);
    });
    await put();
  });

  it('while a gateway uses the database', async () => {
    const { put, open } = await emptyDatabase();
    const store = open();
    await store.own();
    await expect(put()).rejects.toThrow(/Postgres database is used by another gateway/);
  });

  it('while gateways that share the database have connections', async () => {
    const { put, open } = await emptyDatabase();
    await open().check();
    await expect(put()).rejects.toThrow(/1 connections of gateways use it. Stop every gateway/);
  });

  it('into a database that holds something, also what was imported before', async () => {
    const { put } = await emptyDatabase();
    await put();
    await expect(put()).rejects.toThrow(/table rivulet_conversations is not empty.*Create another database/);
  });

  it('of a folder without a database, which is not created', async () => {
    const { put } = await emptyDatabase();
    await expect(put({}, { dataFolder: at('none') })).rejects.toThrow(/There is no database .*--data/);
    expect(readdirSync(folder)).toEqual(['data']);
  });
});

describe('an import that was interrupted', { timeout: TIMEOUT_MS }, () => {
  it.each([1, 2, 3, 5, 9])('after %i lines goes on where it was, and is complete', async (wanted) => {
    const { put, open, lines } = await emptyDatabase();
    await expect(put(stopAfter(lines, wanted))).rejects.toThrow('enough');
    await expect(open().check()).rejects.toThrow();
    await opened.pop()?.close();
    lines.length = 0;
    await put();
    expect(lines[0]).toContain('Going on with the import');
    // What was copied before is not copied again: its keys would be there already.
    expect(lines.includes('conversations: complete')).toBe(wanted < 3);
    const store = open();
    expect(await store.readMessages(filled.conversationId)).toHaveLength(2);
  });

  it('begins anew when a gateway has written to the folder meanwhile', async () => {
    const { put, open, lines } = await emptyDatabase();
    await expect(put(stopAfter(lines, 4))).rejects.toThrow('enough');
    const { conversationId } = await onFolder((store) => accepted(store, { owner: filled.owner }));
    await put();
    expect(lines.join('\n')).toContain('has changed since a part of it was imported');
    const store = open();
    for (const id of [filled.conversationId, conversationId] as ConversationId[])
      expect(await store.readMessages(id)).toHaveLength(2);
  });

  it('by kill -9 of the server goes on, too', async () => {
    const { put, open, lines } = await emptyDatabase();
    let killed: Promise<void> | undefined;
    const report = () => {
      killed ??= server.kill();
    };
    await expect(put({ report })).rejects.toThrow();
    await killed;
    await server.start();
    await put();
    expect(lines[0]).toContain('Going on with the import');
    expect(await open().readMessages(filled.conversationId)).toHaveLength(2);
  });

  it('replaces a file of which a part was copied', async () => {
    const { put, lines } = await emptyDatabase();
    await expect(put({ ...stopAfter(lines, 12), into: at('shared') })).rejects.toThrow('enough');
    await put({ into: at('shared') });
    appendFileSync(at('shared', 'files', 'parts', filled.sent), 'a part');
    rmSync(at('shared', 'files', 'records', `${filled.sent}.json`));
    const again = await emptyDatabase();
    expect(await again.put({ into: at('shared') })).toMatchObject({ copied: 1 });
    const files = createDiskFileStore({ folder: at('shared', 'files') });
    const file = await files.open(filled.sent);
    expect(file && String(await buffer(file.content))).toBe(FILE_TEXT);
  });
});

it(
  'rows that Postgres has in another number than the folder end the import with both',
  { timeout: TIMEOUT_MS },
  async () => {
    const { put, open, lines, run } = await emptyDatabase();
    await expect(put(stopAfter(lines, 4))).rejects.toThrow('enough');
    await run('DELETE FROM rivulet_keys');
    await expect(put()).rejects.toThrow(/table keys has 0 in Postgres and 1 in the data folder/);
    await expect(open().check()).rejects.toThrow();
  },
);
