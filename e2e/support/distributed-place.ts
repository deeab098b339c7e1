/** Two gateways on one Redis and one Postgres, and every part of it can be killed, cut or frozen. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@rivulet/protocol/testing';
import { startPostgres, type PostgresServer } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { startConnection, type CuttableConnection } from './cuttable-connection.ts';
import { deathOf, takeTurns, type Place } from './place.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/** As short as a loaded machine lets a live gateway still renew: leases of 15 s would make each death half a minute long. */
const LIMITS = { leaseMs: 1_500, sweepMs: 500 };
/** Longer than a lease: somebody else has taken over meanwhile. */
const GONE_MS = 2_500;

interface Node {
  line: CuttableConnection;
  gateway: GatewayProcess;
  /** kill -9; started again after `goneMs`, at the same port. */
  restart(goneMs: number): Promise<void>;
}

async function openNode(
  environment: Record<string, string>,
  redis: RedisServer,
  deaths: string[],
): Promise<Node> {
  const line = await startConnection(redis.url);
  const all = { ...environment, RIVULET_REDIS_URL: line.url.replace('http', 'redis') };
  const args = ['--config', environment.CONFIG ?? ''];
  const node: Node = {
    line,
    gateway: await startGateway(all, args),
    async restart(goneMs) {
      const { port } = node.gateway;
      deaths.push(...deathOf(node.gateway));
      await node.gateway.end('SIGKILL');
      await pause(goneMs);
      node.gateway = await startGateway({ ...all, PORT: `${port}` }, args);
    },
  };
  return node;
}

export async function openDistributed(upstream: Upstream): Promise<Place> {
  const data = createDataFolder();
  const config = join(data.path, 'config.json');
  writeFileSync(config, JSON.stringify({ limits: LIMITS }));
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis('durable')]);
  const environment = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    RIVULET_POSTGRES_URL: postgres.connectionString,
    RIVULET_SECRET: 'one secret for all gateways of a service',
    CONFIG: config,
  };
  const deaths: string[] = [];
  const nodes = [await openNode(environment, redis, deaths), await openNode(environment, redis, deaths)];
  const turns = takeTurns();
  const faults = faultsOf({ nodes, postgres, redis });
  return {
    ports: nodes.map(({ gateway }) => gateway.port),
    faults: Object.fromEntries(
      Object.entries(faults).map(([name, fault]) => [
        name,
        (random: Random) => {
          const node = nodes[Math.floor(random() * nodes.length)];
          return turns.next(() => (node === undefined ? Promise.resolve() : fault(node)));
        },
      ]),
    ),
    ready: () => turns.last(),
    release: () => {
      upstream.release();
    },
    complaints: async () => [
      ...deaths,
      ...nodes.flatMap(({ gateway }) => deathOf(gateway)),
      ...(await findEndedTwice(redis)),
    ],
    restartAll: () =>
      turns.next(async () => {
        for (const { gateway } of nodes) gateway.child.kill('SIGKILL');
        await restartServer(postgres);
        await restartServer(redis, () => {
          redis.deleteData();
        });
        for (const node of nodes) await node.restart(0);
      }),
    async close() {
      for (const { gateway, line } of nodes) {
        await gateway.end('SIGKILL');
        await line.close();
      }
      await Promise.all([postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}

interface Parts {
  nodes: readonly Node[];
  postgres: PostgresServer;
  redis: RedisServer;
}

function faultsOf({ postgres, redis }: Parts): Record<string, (node: Node) => Promise<void>> {
  return {
    kill: (node) => node.restart(0),
    // Its replies are closed by the other.
    'kill-for-long': (node) => node.restart(GONE_MS),
    // It wakes up and believes that it still has its leases.
    async freeze({ gateway }) {
      gateway.child.kill('SIGSTOP');
      await pause(GONE_MS);
      gateway.child.kill('SIGCONT');
    },
    'cut-redis'({ line }) {
      line.cut();
      return Promise.resolve();
    },
    'kill-redis': () => restartServer(redis),
    'lose-redis': () =>
      restartServer(redis, () => {
        redis.deleteData();
      }),
    'kill-postgres': () => restartServer(postgres),
  };
}

async function restartServer(
  server: Pick<PostgresServer, 'kill' | 'start'>,
  meanwhile?: () => void,
): Promise<void> {
  await server.kill();
  meanwhile?.();
  await server.start();
}

/** Asks the log itself: a viewer would pass over a second end. */
async function findEndedTwice(redis: RedisServer): Promise<string[]> {
  const twice: string[] = [];
  // What KEYS and LRANGE answer.
  for (const key of (await redis.run('KEYS', 'rivulet:*:events')) as string[]) {
    const events = (await redis.run('LRANGE', key, 0, -1)) as string[];
    const ends = events.flatMap((event) => /"type":"run-finished","runId":"(\w+)"/.exec(event)?.[1] ?? []);
    const again = ends.filter((runId, index) => ends.indexOf(runId) !== index);
    twice.push(...again.map((runId) => `two ends in the log: ${runId}`));
  }
  return twice;
}
