/** Starts three gateways, one Redis and one Postgres, each as a process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { startNode, type Node } from './cluster-node.ts';
import { DEMO_SITE, type HistorySite } from './deployment.ts';
import { createDataFolder } from './processes.ts';
import type { PublicationLoss } from './publication-loss.ts';

/** The second site of the gateways: where a gateway finds a reply whose own is lost, it asks the upstream again. */
export const RESTARTING_SITE: HistorySite = { id: 'restarting', whenInterrupted: 'restart' };

/** The processes of a deployment; the caller closes it. */
export interface ThreeNodes {
  nodes: readonly [Node, Node, Node];
  postgres: PostgresServer;
  redis: RedisServer;
  /** Ends every process and removes the data. */
  close(): Promise<void>;
}

/** Starts the processes, with an empty store. */
export async function startThreeNodes(
  upstream: Upstream,
  publications: PublicationLoss,
): Promise<ThreeNodes> {
  const data = createDataFolder();
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis('durable')]);
  const configFile = join(data.path, 'config.json');
  const sites = [DEMO_SITE, RESTARTING_SITE].map((site) => ({ ...site, origins: ['*'] }));
  writeFileSync(configFile, JSON.stringify({ sites }));
  const environment = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    RIVULET_POSTGRES_URL: postgres.connectionString,
    RIVULET_SECRET: 'one secret for all gateways of a service',
  };
  const start = () => startNode({ environment, configFile, redis, publications });
  // One after the other: the first one creates the tables.
  const nodes = [await start(), await start(), await start()] as const;
  return {
    nodes,
    postgres,
    redis,
    async close() {
      for (const node of nodes) await node.close();
      await Promise.all([postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}

/** Kills a server with SIGKILL and starts it again. @param meanwhile called while it is away */
export async function restartServer(
  server: Pick<PostgresServer, 'kill' | 'start'>,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  await server.kill();
  meanwhile();
  await server.start();
}
