/** Faults of Redis and Postgres, planted one by one into a sound service. */
import { describe, expect, it } from 'vitest';
import {
  DOCTOR_TIMEOUT_MS,
  examine,
  expectFound,
  useSoundService,
  type PlantedFault,
} from '../../testing/doctor-draft.ts';
import { startPgBouncer } from '../../testing/pgbouncer.ts';
import { startPostgres } from '../../testing/postgres-server.ts';
import type { SoundService } from '../../testing/sound-service.ts';

let countOfDatabases = 0;
async function database({ postgres }: SoundService, clause = ''): Promise<{ url: string; name: string }> {
  const name = `doctored${(countOfDatabases += 1)}`;
  await postgres.run(`CREATE DATABASE ${name} ${clause}`);
  return { name, url: postgres.connectionString.replace('/postgres?', `/${name}?`) };
}

const SERVERS: PlantedFault[] = [
  {
    title: 'servers that are far away',
    plant: ({ options }) => {
      let nowMs = 0;
      options.machine.elapsedMs = () => (nowMs += 150);
    },
    checks: ['redis latency', 'postgres latency'],
    found: /takes \d+\.0 ms/,
  },
  {
    title: 'a Redis that is away',
    plant: ({ value }) => (value.redisUrl = '/nowhere/redis.sock'),
    checks: ['redis'],
    found: /no such socket/,
  },
  {
    title: 'a Redis that evicts',
    plant: ({ service }) => service.redis.run('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'),
    checks: ['redis eviction'],
    found: /allkeys-lru/,
    repair: ({ service }) => service.redis.run('CONFIG', 'SET', 'maxmemory-policy', 'noeviction'),
  },
  {
    title: 'a Redis without memory',
    plant: ({ service }) => service.redis.run('CONFIG', 'SET', 'maxmemory', '1'),
    checks: ['redis'],
    found: /memory is used up/,
    repair: ({ service }) => service.redis.run('CONFIG', 'SET', 'maxmemory', '0'),
  },
  {
    title: 'a Redis that is a replica',
    plant: ({ service }) => service.redis.run('REPLICAOF', '127.0.0.1', '1'),
    checks: ['redis'],
    found: /replica|primary/,
    repair: ({ service }) => service.redis.run('REPLICAOF', 'NO', 'ONE'),
  },
  {
    title: 'a Postgres that is away',
    plant: ({ value }) => (value.postgresUrl = 'postgres://app@/postgres?host=/nowhere'),
    checks: ['postgres'],
    found: /no such socket/,
  },
  {
    title: 'a database that there is not',
    plant: ({ service, value }) =>
      (value.postgresUrl = service.postgres.connectionString.replace('/postgres?', '/nothing?')),
    checks: ['postgres'],
    found: /no database "nothing"/,
  },
  {
    title: 'tables that are behind',
    plant: ({ value }) => (value.postgresMigrate = 'refuse'),
    checks: ['postgres schema'],
    found: /no tables/,
  },
  {
    title: 'a read-only database',
    plant: async ({ service, value }) => {
      const { name, url } = await database(service);
      await service.postgres.run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      value.postgresUrl = url;
    },
    checks: ['postgres writable'],
    found: /read-only/,
  },
  {
    title: 'a database that is not UTF-8',
    plant: async ({ service, value }) => {
      const clause = "ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'";
      value.postgresUrl = (await database(service, clause)).url;
    },
    checks: ['postgres encoding'],
    found: /LATIN1/,
  },
  {
    title: 'more connections than Postgres has',
    plant: ({ value }) => (value.postgresPool = { maxConnections: 60 }),
    checks: ['postgres connections'],
    found: /up to 62 of 47/,
  },
  {
    title: 'a user without rights',
    plant: async ({ service, value }) => {
      await service.postgres.run('CREATE ROLE stranger LOGIN');
      value.postgresUrl = service.postgres.connectionString.replace('app@', 'stranger@');
    },
    checks: ['postgres rights'],
    found: /may not create tables/,
  },
];

const draft = useSoundService();

describe('rivulet doctor', { timeout: DOCTOR_TIMEOUT_MS }, () => {
  it.each(SERVERS)('finds $title, and nothing else', async (row) => {
    await expectFound(draft(), row);
  });

  it('notices PgBouncer, and reports no fault behind it', async () => {
    const one = draft();
    const pooler = await startPgBouncer(one.service.postgres, 10);
    one.value.postgresUrl = pooler.connectionString;
    const { findings, exitCode } = await examine(one).finally(() => pooler.dispose());
    const found = expect.stringContaining('A connection pooler is in between') as string;
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'postgres pooler', status: 'ok', found }),
    );
    expect(exitCode).toBe(0);
  });

  it('finds a Postgres that loses what it has committed', async () => {
    const unsafe = await startPostgres();
    const one = draft();
    one.value.postgresUrl = unsafe.connectionString;
    const { findings } = await examine(one).finally(() => unsafe.dispose());
    const faults = findings.filter(({ status }) => status === 'fault');
    expect(faults.map(({ check }) => check)).toEqual(['postgres durability']);
  });
});
