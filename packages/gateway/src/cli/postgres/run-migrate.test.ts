/** `rivulet migrate` as an operator runs it, on a real Postgres. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA } from '../../stores/postgres-schema.ts';
import { createPostgresStore } from '../../stores/postgres.ts';
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts';
import { runMigrate } from './run-migrate.ts';

const TIMEOUT_MS = 60_000;
const OWN = SCHEMA.migrations.length;
let server: PostgresServer;
let count = 0;
beforeAll(async () => {
  server = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);

async function emptyDatabase() {
  const database = `migrated${(count += 1)}`;
  await server.run(`CREATE DATABASE ${database}`);
  const postgresUrl = server.connectionString.replace('/postgres?', `/${database}?`);
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  const migrate = (effect: 'apply' | 'show' = 'apply') =>
    runMigrate({ config: { store: undefined, postgresUrl }, effect, report }).then(({ text }) => text);
  return { postgresUrl, lines, migrate, run: (sql: string) => server.run(sql, database) };
}

describe('rivulet migrate', { timeout: TIMEOUT_MS }, () => {
  it('brings an empty database to this version, step by step, and then has nothing to do', async () => {
    const { migrate, lines, postgresUrl } = await emptyDatabase();
    expect(await migrate()).toBe(`The database has schema version ${OWN}.\n`);
    expect(lines).toHaveLength(OWN);
    expect(lines[0]).toBe('Version 1: the tables of conversations, messages, keys and usage');
    expect(await migrate()).toBe(`The database has schema version ${OWN}; there is nothing to migrate.\n`);
    const store = createPostgresStore({ connectionString: postgresUrl, migrate: 'refuse' });
    await store.check();
    await store.close();
  });

  it('--dry-run prints the steps and changes nothing', async () => {
    const { migrate, lines, run } = await emptyDatabase();
    const plan = await migrate('show');
    expect(plan).toContain(
      'The database has no tables yet. rivulet migrate would apply:\n  1. the tables of',
    );
    expect(plan).toContain(
      '  2. the index of runs whose end is not settled (an index, built while the table is in use)',
    );
    expect(lines).toEqual([]);
    expect(await run("SELECT 1 FROM pg_class WHERE relname LIKE 'rivulet%'")).toEqual([]);
  });

  it('--dry-run says whether the gateways of the version of the database can go on', async () => {
    const { migrate, run } = await emptyDatabase();
    await run(
      'CREATE TABLE rivulet_schema (version integer NOT NULL); INSERT INTO rivulet_schema VALUES (10)',
    );
    expect(await migrate('show')).toContain(
      'Gateways of a schema version below 11 that run can go on, and cannot',
    );
  });

  it('is ended by SIGINT while another session has the lock of migrations', async () => {
    const { migrate, lines, postgresUrl } = await emptyDatabase();
    const other = new Client({ connectionString: postgresUrl });
    await other.connect();
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(7238411986531)');
    const refused = expect(migrate()).rejects.toThrow(/was interrupted.*run it again/);
    await expect
      .poll(() => lines)
      .toEqual(['Another gateway is migrating the database; waiting until it has finished.']);
    process.emit('SIGINT');
    await refused;
    expect(process.listenerCount('SIGINT')).toBe(0);
    await other.end();
  });

  it.each([
    [{ store: undefined, postgresUrl: undefined }, /is for Postgres: set RIVULET_POSTGRES_URL/],
    [
      { store: 'sqlite' as const, postgresUrl: 'postgres://db/a' },
      /the store of the configuration is sqlite/,
    ],
    [{ store: undefined, postgresUrl: 'mysql://db/a' }, /does not begin with postgres/],
  ])('is refused for %o, with what to do', async (config, expected) => {
    await expect(runMigrate({ config, effect: 'apply', report: () => undefined })).rejects.toThrow(expected);
  });
});
