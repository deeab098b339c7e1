/** Gateways that share one Redis and one Postgres, with an upstream in the process of the test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import { startUpstream, type Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/** Running gateways. */
export interface Nodes {
  gateways: readonly GatewayProcess[];
  upstream: Upstream;
  postgres: PostgresServer;
  redis: RedisServer;
  /** Kills all processes and removes their data. */
  close(): Promise<void>;
}

/** The settings of all of them. */
export interface NodesOptions {
  count: number;
  /** The content of the configuration file. */
  config?: object;
  environment?: Record<string, string>;
}

/** Starts gateways on an empty store. */
export async function startNodes({ count, config = {}, environment = {} }: NodesOptions): Promise<Nodes> {
  const data = createDataFolder();
  const [upstream, postgres, redis] = await Promise.all([
    startUpstream(),
    startPostgres(),
    startRedis('volatile'),
  ]);
  const file = join(data.path, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const all = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    RIVULET_POSTGRES_URL: postgres.connectionString,
    RIVULET_REDIS_URL: redis.url,
    RIVULET_SECRET: 'one secret for all gateways of a service',
    RIVULET_LOG_LEVEL: 'warn',
    ...environment,
  };
  const start = () => startGateway(all, ['--config', file]);
  const gateways = await Promise.all(Array.from({ length: count }, start));
  return {
    gateways,
    upstream,
    postgres,
    redis,
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.end('SIGKILL')));
      await Promise.all([upstream.close(), postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}

/** The counters of a gateway, by name and labels as `/metrics` writes them. */
export async function countersOf({ url }: GatewayProcess): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(rivulet_\S+) (\S+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(value)] as const];
    }),
  );
}
