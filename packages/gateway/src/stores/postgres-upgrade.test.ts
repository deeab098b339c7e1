/** Gateways of several versions on one database, and migrations that are cut off, on a real Postgres. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { explanationOf, silentLogger } from '../base/index.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { accepted } from '../testing/samples.ts';
import { SCHEMA, type Migration, type Schema } from './postgres-schema.ts';
import { inspectPostgres, migratePostgres } from './postgres-upgrade.ts';
import { createPostgresStore, type PostgresStoreOptions } from './postgres.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 60_000;
const INDEX = 'rivulet_messages_of_a_newer_version';
const OWN = SCHEMA.migrations.length;
let server: PostgresServer;
let count = 0;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startPostgres();
}, TIMEOUT_MS);
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => server.dispose(), TIMEOUT_MS);

/** The tables of a gateway that is one version newer. */
const newer = (migration: Migration): Schema => ({
  ...SCHEMA,
  migrations: [...SCHEMA.migrations, migration],
});
const INDEXED = newer({ about: 'an index', index: INDEX, table: 'rivulet_messages', on: '(run_id)' });
const COLUMN = { about: 'a column', sql: 'ALTER TABLE rivulet_messages ADD COLUMN extra text' };

/** An empty database. */
async function emptyDatabase() {
  const database = `upgraded${(count += 1)}`;
  await server.run(`CREATE DATABASE ${database}`);
  const connectionString = server.connectionString.replace('/postgres?', `/${database}?`);
  const run = (sql: string) => server.run(sql, database);
  const upgrade = (schema = SCHEMA, signal = new AbortController().signal) =>
    migratePostgres({ connectionString, schema, signal, logger: silentLogger, lockTimeoutMs: 50 });
  const open = (more: Partial<PostgresStoreOptions> = {}): Store => {
    const store = createPostgresStore({ connectionString, ...more });
    ends.push(() => store.close());
    return store;
  };
  /** Holds a transaction that has written to the messages. A build of an index waits for its end. */
  const holdMessages = async () => {
    const client = new Client({ connectionString });
    await client.connect();
    ends.push(() => client.end());
    await client.query('BEGIN; LOCK TABLE rivulet_messages IN ROW EXCLUSIVE MODE');
    return () => client.query('COMMIT');
  };
  const builds = () =>
    run("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'CREATE INDEX CONCURRENTLY%'");
  const indexes = () => run(`SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('${INDEX}')`);
  return { connectionString, run, upgrade, open, holdMessages, builds, indexes };
}

/** The sentence with which the store refuses; `ready` when it can be used. */
const outcomeOf = (store: Store) => store.check().then(() => 'ready', explanationOf);

describe('a database that a newer gateway has migrated', { timeout: TIMEOUT_MS }, () => {
  it('serves this gateway, also after a restart, when the steps are compatible', async () => {
    const { open, upgrade, run } = await emptyDatabase();
    const before = open();
    await accepted(before);
    await upgrade(newer(COLUMN));
    await accepted(before);
    const restarted = open();
    expect(await outcomeOf(restarted)).toBe('ready');
    await accepted(restarted);
    expect(await run('SELECT applied FROM rivulet_schema')).toEqual([{ applied: OWN + 1 }]);
  });

  it('tells the gateways before it, which read only `version`, the oldest version that can use it', async () => {
    const { upgrade, run } = await emptyDatabase();
    await upgrade();
    const before = await run('SELECT version FROM rivulet_schema');
    await upgrade(newer(COLUMN));
    expect(await run('SELECT version FROM rivulet_schema')).toEqual(before);
  });

  it('is refused when a step is breaking, and the gateways that run go on', async () => {
    const { open, upgrade } = await emptyDatabase();
    const before = open();
    await before.check();
    await upgrade(newer({ ...COLUMN, isBreaking: true }));
    expect(await outcomeOf(open())).toContain(
      `to schema version ${OWN + 1}, and this gateway supports up to`,
    );
    await accepted(before);
  });

  it('is not migrated back by a gateway of this version', async () => {
    const { upgrade } = await emptyDatabase();
    await upgrade(newer(COLUMN));
    expect(await upgrade()).toMatchObject({ state: { version: OWN + 1 }, missing: [] });
  });
});

describe('a gateway that may not migrate', { timeout: TIMEOUT_MS }, () => {
  it('refuses a database that is behind, names the command, and changes nothing', async () => {
    const { open, run } = await emptyDatabase();
    expect(await outcomeOf(open({ migrate: 'refuse' }))).toMatch(/has no tables.*Run "rivulet migrate"/);
    expect(await run("SELECT 1 FROM pg_class WHERE relname LIKE 'rivulet%'")).toEqual([]);
  });

  it('serves once the command has been run, with the same store', async () => {
    const { open, upgrade } = await emptyDatabase();
    const store = open({ migrate: 'refuse' });
    await expect(store.check()).rejects.toThrow();
    await upgrade();
    await accepted(store);
  });
});

it('a database with a part of an import is refused', { timeout: TIMEOUT_MS }, async () => {
  const { open, upgrade, run } = await emptyDatabase();
  await upgrade();
  await run("UPDATE rivulet_schema SET importing = '/srv/data'");
  for (const migrate of ['start', 'refuse'] as const)
    expect(await outcomeOf(open({ migrate }))).toMatch(
      /\/srv\/data is being imported.*"rivulet import" again/,
    );
});

describe('migrations at once', { timeout: TIMEOUT_MS }, () => {
  it('of several gateways create every table once', async () => {
    const { open, run } = await emptyDatabase();
    expect(await Promise.all(Array.from({ length: 6 }, () => outcomeOf(open())))).toEqual(
      Array(6).fill('ready'),
    );
    expect(await run('SELECT applied FROM rivulet_schema')).toEqual([{ applied: OWN }]);
  });

  it('of gateways of two versions end with the newer one', async () => {
    const { upgrade, run } = await emptyDatabase();
    await Promise.all([upgrade(), upgrade(INDEXED), upgrade(), upgrade(INDEXED)]);
    expect(await run('SELECT applied FROM rivulet_schema')).toEqual([{ applied: OWN + 1 }]);
  });
});

describe('a migration that is cut off', { timeout: TIMEOUT_MS }, () => {
  it('by a signal ends the build at the server, and a later one builds the index', async () => {
    const { upgrade, holdMessages, builds, indexes } = await emptyDatabase();
    await upgrade();
    const release = await holdMessages();
    const stop = new AbortController();
    const stopped = expect(upgrade(INDEXED, stop.signal)).rejects.toThrow('enough');
    await expect.poll(builds).toHaveLength(1);
    stop.abort(new Error('enough'));
    await stopped;
    await expect.poll(builds).toEqual([]);
    await release();
    expect(await indexes()).toEqual([{ indisvalid: false }]);
    await upgrade(INDEXED);
    expect(await indexes()).toEqual([{ indisvalid: true }]);
  });

  it('by kill -9 goes on at the server, and a later one waits for its index and keeps it', async () => {
    const { upgrade, holdMessages, builds, connectionString, run } = await emptyDatabase();
    await upgrade();
    const release = await holdMessages();
    const child = spawn(process.execPath, ['--input-type=module', '--eval', CHILD, connectionString], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await expect.poll(builds).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [{ oid }] = (await run(`SELECT '${INDEX}'::regclass::oid AS oid`)) as [{ oid: number }];
    const upgraded = upgrade(INDEXED);
    await expect.poll(() => run(ASKS_FOR_THE_BUILD)).toHaveLength(1);
    await release();
    await upgraded;
    const index = await run(
      `SELECT indexrelid AS oid, indisvalid FROM pg_index WHERE indexrelid = '${INDEX}'::regclass`,
    );
    expect(index).toEqual([{ oid, indisvalid: true }]);
  });
});

it('what a migration would do is told without doing it', { timeout: TIMEOUT_MS }, async () => {
  const { connectionString, upgrade, run } = await emptyDatabase();
  await upgrade();
  const { signal } = new AbortController();
  const found = await inspectPostgres({ connectionString, signal, logger: silentLogger, schema: INDEXED });
  expect(found).toMatchObject({ state: { version: OWN }, missing: [{ version: OWN + 1 }] });
  expect(await run('SELECT applied FROM rivulet_schema')).toEqual([{ applied: OWN }]);
});

/** The last statement of a connection that waits for the build of another one. */
const ASKS_FOR_THE_BUILD =
  "SELECT 1 FROM pg_stat_activity WHERE state = 'idle' AND query LIKE 'SELECT indisvalid AS is_valid%'";

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
/** A process that migrates to the version with the index. It runs the TypeScript sources: Node strips the types. */
const CHILD = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === '@rivulet/protocol' ? ${at('../../../protocol/src/index.ts')} : specifier, context),
  });
  const { migratePostgres } = await import(${at('./postgres-upgrade.ts')});
  const { SCHEMA } = await import(${at('./postgres-schema.ts')});
  const { silentLogger } = await import(${at('../base/index.ts')});
  const migrations = [...SCHEMA.migrations, ${JSON.stringify(INDEXED.migrations.at(-1))}];
  const { signal } = new AbortController();
  await migratePostgres({ connectionString: process.argv[1], schema: { ...SCHEMA, migrations }, signal, logger: silentLogger });
`;
