/** Migrations of a database that is large or in use, on a real Postgres. */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { silentLogger, type Logger } from '../base/index.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { SCHEMA } from './postgres-schema.ts';
import { createPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 60_000;
const QUERY_TIMEOUT_MS = 250;
const INDEX = 'rivulet_messages_unsettled';
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

/** A database with the tables of the first version, and a connection on which a test holds what it likes. */
async function firstVersion() {
  const database = `migrated${(count += 1)}`;
  await server.run(`CREATE DATABASE ${database}`);
  const run = (sql: string) => server.run(sql, database);
  const [first] = SCHEMA.migrations;
  if (first === undefined || 'index' in first) throw new Error('the first migration creates tables');
  // As the gateways of that version created it.
  await run(`${first.sql}; CREATE TABLE rivulet_schema (version integer NOT NULL)`);
  await run('INSERT INTO rivulet_schema VALUES (1)');
  const connectionString = server.connectionString.replace('/postgres?', `/${database}?`);
  const other = new Client({ connectionString });
  await other.connect();
  ends.push(() => other.end());
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, info: () => undefined, warn: (_, text) => warnings.push(text) };
  const open = (): Store => {
    const timeouts = { queryTimeoutMs: QUERY_TIMEOUT_MS, migrationLockTimeoutMs: 50 };
    const store = createPostgresStore({ connectionString, logger, ...timeouts });
    ends.push(() => store.close());
    return store;
  };
  const isIndexed = async () =>
    (await run(`SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('${INDEX}')`))[0];
  return { run, open, other, warnings, isIndexed };
}

/** Resolves when a statement like `pattern` has run for longer than the query timeout. */
const runsLong = (run: (sql: string) => Promise<unknown[]>, pattern: string) =>
  vi.waitFor(
    async () => {
      const running =
        await run(`SELECT 1 FROM pg_stat_activity WHERE query LIKE '${pattern}' AND state = 'active'
        AND now() - query_start > interval '${2 * QUERY_TIMEOUT_MS} milliseconds'`);
      expect(running).toHaveLength(1);
    },
    { timeout: TIMEOUT_MS },
  );

it('an index that takes longer than the query timeout is built', { timeout: TIMEOUT_MS }, async () => {
  const { run, open, other, isIndexed } = await firstVersion();
  await other.query('BEGIN; LOCK TABLE rivulet_messages IN ROW EXCLUSIVE MODE'); // as a transaction that writes
  const checked = open().check();
  await runsLong(run, `CREATE INDEX CONCURRENTLY ${INDEX}%`);
  await other.query('COMMIT');
  await checked;
  expect(await isIndexed()).toEqual({ indisvalid: true });
  const version = SCHEMA.migrations.length;
  expect(await run('SELECT applied FROM rivulet_schema')).toEqual([{ applied: version }]);
});

it('messages are written while an index is built', { timeout: TIMEOUT_MS }, async () => {
  const { run, open, other } = await firstVersion();
  await other.query('BEGIN; LOCK TABLE rivulet_messages IN ROW EXCLUSIVE MODE');
  const checked = open().check();
  await runsLong(run, `CREATE INDEX CONCURRENTLY ${INDEX}%`);
  await run("SET lock_timeout = 1000; UPDATE rivulet_messages SET body = '' WHERE ordinal = 0");
  await other.query('COMMIT');
  await checked;
});

it('an invalid index of a build that was cut off is built again', { timeout: TIMEOUT_MS }, async () => {
  const { run, open, isIndexed } = await firstVersion();
  await run(`CREATE INDEX ${INDEX} ON rivulet_messages (conversation_id)`);
  await run(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${INDEX}'::regclass`);
  await open().check();
  expect(await isIndexed()).toEqual({ indisvalid: true });
});

it(
  'a gateway that waits for the migrations of another one reports it and serves',
  { timeout: TIMEOUT_MS },
  async () => {
    const { open, other, warnings } = await firstVersion();
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(7238411986531)');
    const store = open();
    const [checked, startedMs] = [store.check(), performance.now()];
    await vi.waitFor(
      () => {
        expect(performance.now() - startedMs).toBeGreaterThan(2 * QUERY_TIMEOUT_MS);
      },
      { timeout: TIMEOUT_MS },
    );
    expect(warnings).toEqual(['another gateway is migrating the database; waiting until it has finished']);
    await other.query('COMMIT');
    await checked;
  },
);

it('a store that is closed while it waits for the migrations of another one is closed at once', async () => {
  const { open, other, warnings } = await firstVersion();
  await other.query('BEGIN; SELECT pg_advisory_xact_lock(7238411986531)');
  const store = open();
  const refused = expect(store.check()).rejects.toMatchObject({ name: 'ChatError', code: 'internal' });
  await vi.waitFor(() => {
    expect(warnings).toHaveLength(1);
  });
  await store.close();
  await refused;
});

it(
  'a column is added once the transactions that hold its table have ended',
  { timeout: TIMEOUT_MS },
  async () => {
    const { open, other, warnings } = await firstVersion();
    await other.query('BEGIN; LOCK TABLE rivulet_conversations IN ACCESS SHARE MODE'); // as a long report
    const checked = open().check();
    await vi.waitFor(() => {
      expect(warnings).toContain('a migration waits for other transactions and is tried again');
    });
    await other.query('COMMIT');
    await checked;
  },
);
