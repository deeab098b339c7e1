/** Two gateways on one Redis and one Postgres. Each process can be killed, disconnected or frozen. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@rivulet/protocol/testing';
import { startPostgres, type PostgresServer } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { unexpectedExitOf, createFaultQueue, type Deployment } from './deployment.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/**
 * Leases as short as possible while a gateway on a loaded machine can still renew them in time. With the default lease of 15 s,
 * a takeover from a killed gateway would take half a minute.
 */
const LIMITS = { leaseMs: 1_500, sweepMs: 500 };
/** Longer than a lease, so that the other gateway has taken over in the meantime. */
const LEASE_LOST_MS = 2_500;

/** One gateway and its connection to Redis. */
interface Node {
  redisProxy: TcpProxy;
  /** The process that runs now. */
  gateway: GatewayProcess;
  /** Kills the gateway with SIGKILL, and starts it again on the same port after `downMs`. */
  restart(downMs: number): Promise<void>;
}

async function startNode(
  environment: Record<string, string>,
  redis: RedisServer,
  unexpectedExits: string[],
): Promise<Node> {
  const redisProxy = await startTcpProxy(redis.url);
  const all = { ...environment, RIVULET_REDIS_URL: redisProxy.url.replace('http', 'redis') };
  const args = ['--config', environment.CONFIG ?? ''];
  const node: Node = {
    redisProxy,
    gateway: await startGateway(all, args),
    async restart(downMs) {
      const { port } = node.gateway;
      unexpectedExits.push(...unexpectedExitOf(node.gateway));
      await node.gateway.end('SIGKILL');
      await pause(downMs);
      node.gateway = await startGateway({ ...all, PORT: `${port}` }, args);
    },
  };
  return node;
}

/** Starts two gateways, Redis and Postgres, with an empty store. */
export async function openDistributedDeployment(upstream: Upstream): Promise<Deployment> {
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
  const unexpectedExits: string[] = [];
  const nodes = [
    await startNode(environment, redis, unexpectedExits),
    await startNode(environment, redis, unexpectedExits),
  ];
  const faultQueue = createFaultQueue();
  const faults = faultsOf({ nodes, postgres, redis });
  return {
    ports: nodes.map(({ gateway }) => gateway.port),
    faults: Object.fromEntries(
      Object.entries(faults).map(([name, fault]) => [
        name,
        (random: Random) => {
          const node = nodes[Math.floor(random() * nodes.length)];
          return faultQueue.run(() => (node === undefined ? Promise.resolve() : fault(node)));
        },
      ]),
    ),
    ready: () => faultQueue.idle(),
    release: () => {
      upstream.release();
    },
    failures: async () => [
      ...unexpectedExits,
      ...nodes.flatMap(({ gateway }) => unexpectedExitOf(gateway)),
      ...(await findRunsEndedTwice(redis)),
    ],
    restartAll: () =>
      faultQueue.run(async () => {
        for (const { gateway } of nodes) gateway.child.kill('SIGKILL');
        await restartServer(postgres);
        await restartServer(redis, () => {
          redis.deleteData();
        });
        for (const node of nodes) await node.restart(0);
      }),
    async close() {
      for (const { gateway, redisProxy } of nodes) {
        await gateway.end('SIGKILL');
        await redisProxy.close();
      }
      await Promise.all([postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}

/** What the faults act on. */
interface Parts {
  nodes: readonly Node[];
  postgres: PostgresServer;
  redis: RedisServer;
}

function faultsOf({ postgres, redis }: Parts): Record<string, (node: Node) => Promise<void>> {
  return {
    kill: (node) => node.restart(0),
    // The other gateway closes its replies as interrupted.
    'kill-for-long': (node) => node.restart(LEASE_LOST_MS),
    // When it runs again, it still assumes that it holds its leases.
    async freeze({ gateway }) {
      gateway.child.kill('SIGSTOP');
      await pause(LEASE_LOST_MS);
      gateway.child.kill('SIGCONT');
    },
    'cut-redis'({ redisProxy }) {
      redisProxy.cut();
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

/** Reads the log in Redis for runs with two ends. Clients ignore a second end, so it cannot be observed through them. */
async function findRunsEndedTwice(redis: RedisServer): Promise<string[]> {
  const twice: string[] = [];
  // KEYS and LRANGE return arrays of strings.
  for (const key of (await redis.run('KEYS', 'rivulet:*:events')) as string[]) {
    const events = (await redis.run('LRANGE', key, 0, -1)) as string[];
    const ends = events.flatMap((event) => /"type":"run-finished","runId":"(\w+)"/.exec(event)?.[1] ?? []);
    const again = ends.filter((runId, index) => ends.indexOf(runId) !== index);
    twice.push(...again.map((runId) => `two ends in the log: ${runId}`));
  }
  return twice;
}
