/** Gateways of one service: on one Redis and one Postgres, with one upstream. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import { startUpstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/** The servers, and two gateways. */
export interface SharedDeployment {
  postgres: PostgresServer;
  redis: RedisServer;
  /** The two gateways that live as long as the deployment. */
  gateways: readonly GatewayProcess[];
  /** Starts another gateway, which the test ends. */
  start(): Promise<GatewayProcess>;
  close(): Promise<void>;
}

/** Starts the servers and two gateways. @param config what their configuration file has. Default: they have none */
export async function openSharedDeployment(config?: object): Promise<SharedDeployment> {
  const data = createDataFolder();
  const [upstream, postgres, redis] = await Promise.all([
    startUpstream(),
    startPostgres(),
    startRedis('volatile'),
  ]);
  const configFile = join(data.path, 'config.json');
  if (config !== undefined) writeFileSync(configFile, JSON.stringify(config));
  const start = () =>
    startGateway(
      {
        OPENAI_API_KEY: 'key',
        OPENAI_BASE_URL: upstream.url,
        RIVULET_DATA: data.path,
        RIVULET_POSTGRES_URL: postgres.connectionString,
        RIVULET_REDIS_URL: redis.url,
        RIVULET_SECRET: 'one secret for all gateways of a service',
      },
      config === undefined ? [] : ['--config', configFile],
    );
  const gateways = [await start(), await start()];
  return {
    ...{ postgres, redis, gateways, start },
    async close() {
      await Promise.all(gateways.map((each) => each.end('SIGKILL')));
      await Promise.all([upstream.close(), postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}
