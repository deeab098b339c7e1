/** `rivulet migrate` and a gateway that may not migrate, as processes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../packages/gateway/src/testing/postgres-server.ts';
import { createDataFolder, startGateway, startProcess, type DataFolder } from './support/processes.ts';

const executable = 'packages/gateway/dist/src/cli/main.js';
let postgres: PostgresServer;
let data: DataFolder;
let environment: Record<string, string>;
beforeAll(async () => {
  [postgres, data] = [await startPostgres(), createDataFolder()];
  environment = { RIVULET_DATA: data.path, RIVULET_POSTGRES_URL: postgres.connectionString };
});
afterAll(async () => {
  await postgres.dispose();
  data.remove();
});

it('a gateway refuses a database that is behind until rivulet migrate was run', async () => {
  const refusing = { ...environment, RIVULET_POSTGRES_MIGRATE: 'refuse' };
  await expect(startGateway(refusing)).rejects.toThrow(/has no tables.*Run "rivulet migrate"/);
  const shown = startProcess([executable, 'migrate', '--dry-run'], environment);
  expect([await shown.ended, shown.errors()]).toEqual([0, '']);
  expect(shown.lines[0]).toBe('The database has no tables yet. rivulet migrate would apply:');
  await expect(startGateway(refusing)).rejects.toThrow(/Run "rivulet migrate"/);

  const commands = Array.from({ length: 3 }, () => startProcess([executable, 'migrate'], environment));
  expect(await Promise.all(commands.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  const gateway = await startGateway(refusing);
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  expect(await gateway.end('SIGTERM')).toBe(0);
});

it('SIGINT ends a migration that waits, with 1 and a sentence, and a later one is complete', async () => {
  await postgres.run('CREATE DATABASE waited');
  const connectionString = postgres.connectionString.replace('/postgres?', '/waited?');
  // As a gateway that migrates. The statement goes on until it is ended below.
  const held = postgres
    .run('SELECT pg_advisory_lock(7238411986531), pg_sleep(600)', 'waited')
    .catch(() => []);
  await expect.poll(() => postgres.run("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).toHaveLength(1);
  const waited = { ...environment, RIVULET_POSTGRES_URL: connectionString };
  const command = startProcess([executable, 'migrate'], waited);
  await command.waitForOutput(/another gateway is migrating/i);
  expect(await command.end('SIGINT')).toBe(1);
  expect(command.errors()).toMatch(/^rivulet: The migration was interrupted\..*run it again\.\n$/);
  await postgres.run(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'waited' AND query LIKE '%pg_sleep(600)'",
  );
  await held;
  const again = startProcess([executable, 'migrate'], waited);
  expect([await again.ended, again.errors()]).toEqual([0, '']);
});
