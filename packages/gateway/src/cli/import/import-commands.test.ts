/** `rivulet import --dry-run`, and an import and a migration through PgBouncer in transaction mode. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SCHEMA } from '../../stores/postgres-schema.ts';
import { createPostgresStore } from '../../stores/postgres.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import { fillDataFolder, type FilledFolder } from '../../testing/data-folder.ts';
import { usePgBouncer } from '../../testing/use-pgbouncer.ts';
import { runMigrate } from '../postgres/run-migrate.ts';
import { readConfig } from '../read-config.ts';
import { runImport } from './run-import.ts';

const TIMEOUT_MS = 60_000;
/** A migration keeps one connection with its lock and builds indexes on another one. */
const SERVER_CONNECTIONS = 4;
const pooled = usePgBouncer(SERVER_CONNECTIONS, TIMEOUT_MS);
let folder: string;
let filled: FilledFolder;
let count = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-import-'));
  filled = await fillDataFolder(join(folder, 'data'));
  return () => {
    rmSync(folder, { recursive: true });
  };
});

async function emptyDatabase(connectionString: string) {
  const database = `command${(count += 1)}`;
  await pooled.server.run(`CREATE DATABASE ${database}`);
  const postgresUrl = connectionString.replace('/postgres?', `/${database}?`);
  const environment = { RIVULET_DATA: join(folder, 'data'), RIVULET_POSTGRES_URL: postgresUrl };
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  const run = (options: Parameters<typeof runImport>[0]['options']) =>
    runImport({ config: readConfig({ environment, flags: {} }), options, report });
  const tables = () => pooled.server.run("SELECT 1 FROM pg_class WHERE relname LIKE 'rivulet%'", database);
  return { postgresUrl, run, tables, lines, report };
}

describe('rivulet import --dry-run', { timeout: TIMEOUT_MS }, () => {
  it('says what would be copied and applied, and changes neither side', async () => {
    const { run, tables } = await emptyDatabase(pooled.server.connectionString);
    const { text, json, exitCode } = await run({ 'dry-run': true, into: join(folder, 'other') });
    expect(text).toMatch(/would copy from .*data:\n[^]*conversations: 1 rows\n[^]*messages: 2 rows/);
    expect(text).toContain(`files: 2, into ${join(folder, 'other')}`);
    expect(text).toContain(`Migrations that are applied first: ${SCHEMA.migrations.length}.`);
    expect([json, exitCode]).toMatchObject([{ rows: { conversations: 1 }, files: 2, version: 0 }, undefined]);
    expect(await tables()).toEqual([]);
  });

  it('ends with 1 while a gateway uses the folder, which it names', async () => {
    const store = await createSqliteStore({ file: join(folder, 'data', 'rivulet.sqlite') });
    await store.own();
    const { run } = await emptyDatabase(pooled.server.connectionString);
    const { text, json, exitCode } = await run({ 'dry-run': true });
    await store.close();
    expect(text).toContain('Stop it before the import.');
    expect([exitCode, json]).toMatchObject([1, { usedBy: expect.any(String) as string }]);
  });

  it('says of a database that is there which version it has, and after an import what it would repeat', async () => {
    const { run, postgresUrl, report } = await emptyDatabase(pooled.server.connectionString);
    await runMigrate({ config: { store: undefined, postgresUrl }, effect: 'apply', report });
    const { text } = await run({ 'dry-run': true });
    expect(text).toContain(`The database has schema version ${SCHEMA.migrations.length}.`);
    expect(text).not.toContain('Migrations that are applied first');
  });
});

describe('behind PgBouncer in transaction mode', { timeout: TIMEOUT_MS }, () => {
  it('rivulet migrate brings an empty database to this version', async () => {
    const { postgresUrl, lines, report } = await emptyDatabase(pooled.pooler.connectionString);
    const config = { store: undefined, postgresUrl };
    await runMigrate({ config, effect: 'apply', report });
    expect(lines).toHaveLength(SCHEMA.migrations.length);
    const again = await runMigrate({ config, effect: 'apply', report });
    expect(again.text).toContain('there is nothing to migrate');
  });

  it('rivulet import copies a data folder, for gateways behind it', async () => {
    const { run, postgresUrl } = await emptyDatabase(pooled.pooler.connectionString);
    const { json } = await run({});
    expect(json).toMatchObject({ rows: { conversations: 1, messages: 2 }, files: 2, unreadable: 0 });
    const store = createPostgresStore({ connectionString: postgresUrl });
    expect(await store.readConversation(filled.conversationId)).toMatchObject(filled.owner);
    expect(await store.readMessages(filled.conversationId)).toHaveLength(2);
    await store.close();
  });
});
