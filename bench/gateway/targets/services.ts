/** The servers that several gateways share, each on a free port of this machine. */
import { findFreePort } from '../../../packages/gateway/src/testing/free-port.ts';
import { startPostgres, type PostgresServer } from '../../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../../packages/gateway/src/testing/redis-server.ts';
import { cpuUs, familyCpuUs } from '../process-counters.ts';
import type { Target } from './target.ts';

/** A Redis server and a Postgres server. */
export interface StartedServices {
  /** Their counters. */
  services: NonNullable<Target['services']>;
  /** The environment variables with which a gateway uses them. */
  settings: Record<string, string>;
  /** Ends both and removes their files. */
  close: () => Promise<void>;
}

/**
 * Starts Redis without persistence, which the event log does not need, and Postgres as it is by default: an accepted message is on
 * disk, as in SQLite.
 * @throws {Error} when one of them is not installed
 */
export async function startServices(): Promise<StartedServices> {
  const redisPort = await findFreePort();
  const [redis, postgres] = await Promise.all([
    startRedis('volatile', { port: `${redisPort}`, bind: '127.0.0.1' }),
    startPostgres('socket', { fsync: 'on' }),
  ]);
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const [redisPid, postgresPid] = [await pidOfRedis(redis), await pidOfPostgres(postgres)];
  return {
    services: {
      redis: { url: redisUrl, cpuUs: () => cpuUs(redisPid) },
      postgres: { cpuUs: () => familyCpuUs(postgresPid) },
    },
    settings: {
      RIVULET_REDIS_URL: redisUrl,
      RIVULET_POSTGRES_URL: postgres.connectionString,
      RIVULET_SECRET: 'a secret for benchmarks, 32 bytes long',
    },
    async close() {
      await Promise.all([redis.dispose(), postgres.dispose()]);
    },
  };
}

async function pidOfRedis(redis: RedisServer): Promise<number> {
  const info = (await redis.run('INFO', 'server')) as string; // the reply of this command
  return readNumber(/process_id:(\d+)/, info);
}

/** The process that starts one more for each connection. */
async function pidOfPostgres(postgres: PostgresServer): Promise<number> {
  const [row] = await postgres.run("SELECT pg_read_file('postmaster.pid') AS text");
  return readNumber(/^(\d+)/, (row as { text: string }).text); // the row of this statement
}

function readNumber(pattern: RegExp, text: string): number {
  const number = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(number)) throw new Error(`a server of the benchmark did not tell its process id: ${text}`);
  return number;
}
