/** Finds out, at the start of a gateway, whether a Redis can be used as its event log. */
import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import { isCluster, isClusterUp, type RedisClient } from './redis-cluster.ts';
import { ONCE, type RedisConnector } from './redis-connector.ts';
import { explainRedis } from './redis-explain.ts';

/** A Redis that starts at the same time as the gateway is up within this time. */
const START_WAIT_MS = 10_000;
const RETRY_MS = 500;
const MIN_VERSION = 7;

/** What `waitForRedis` needs. */
export interface RedisProbeOptions {
  connector: RedisConnector;
  /** Prefix of all keys and channels. */
  prefix: string;
  clock: Clock;
  /** Whether the log was closed meanwhile. */
  isClosed: () => boolean;
}

/**
 * Waits until the server can be used, at most 10 s, and not at all when it refuses the gateway.
 * @throws {EventLogError} `redis-refused` or `redis-unavailable`, with the server, the cause and what to do
 */
export async function waitForRedis(options: RedisProbeOptions): Promise<void> {
  const { clock, isClosed } = options;
  const giveUpAtMs = clock.now() + START_WAIT_MS;
  for (;;) {
    const failure = await probeRedis(options);
    if (failure === undefined) return;
    if (failure.code === 'redis-refused' || clock.now() >= giveUpAtMs || isClosed()) throw failure;
    await new Promise((resolve) =>
      clock.after(RETRY_MS, () => {
        resolve(undefined);
      }),
    );
  }
}

/** Tries once whether the server has what the gateway needs. @returns why it cannot be used; undefined when it can */
export async function probeRedis({
  connector,
  prefix,
}: Pick<RedisProbeOptions, 'connector' | 'prefix'>): Promise<EventLogError | undefined> {
  const { server } = connector;
  const client = connector.connect(ONCE);
  // The client rejects with "Connection is closed" and emits the cause. It also emits, and ignores, a refused database number.
  let emitted: unknown;
  client.on('error', (error: unknown) => {
    emitted ??= error;
  });
  try {
    await client.connect();
    if (isCluster(client)) await checkNodes(client, server);
    await checkServer(client, server);
    await checkCommands(client, prefix);
    return emitted === undefined ? undefined : explainRedis(emitted, server);
  } catch (error) {
    if (error instanceof EventLogError) return error;
    const ofNode = isCluster(client) ? await failureOf(connector.connectNode(ONCE)) : undefined;
    return explainRedis(ofNode ?? emitted ?? error, server);
  } finally {
    client.disconnect();
  }
}

/** Why a node cannot be connected to, which the client of a cluster does not tell. @returns undefined when it can */
async function failureOf(node: Redis): Promise<unknown> {
  let emitted: unknown;
  node.on('error', (error) => (emitted ??= error));
  await node.connect().catch((error: unknown) => (emitted ??= error));
  node.disconnect();
  return emitted;
}

/** @throws {EventLogError} `redis-refused` for an old version, or a cluster that is used like one server */
async function checkServer(client: RedisClient, server: string): Promise<void> {
  // A user may lack the right to INFO; then the commands alone tell.
  const info = await client.info().catch(() => '');
  const version = Number(/^redis_version:(\d+)/m.exec(info)?.[1] ?? MIN_VERSION);
  if (version < MIN_VERSION) throw explainRedis(new Error(`unknown command of version ${version}`), server);
  if (isCluster(client) || !/^cluster_enabled:1/m.test(info)) return;
  const size = /cluster_size:(\d+)/.exec(await client.cluster('INFO'))?.[1] ?? '1';
  if (Number(size) > 1) throw explainRedis(new Error('cluster mode'), server);
}

/** A cluster tells the addresses of its nodes; inside a container network they are often others than outside of it. */
async function checkNodes(cluster: Cluster, server: string): Promise<void> {
  const states = cluster.nodes('master').map(async (node) => {
    const { host = '', port = '' } = node.options;
    const info: string = await node.cluster('INFO').catch((cause: unknown) => {
      throw unreachable(cause, server, `${host}:${port}`);
    });
    if (!isClusterUp(info)) throw new Error('CLUSTERDOWN The cluster is down');
  });
  await Promise.all(states);
}

const unreachable = (cause: unknown, server: string, node: string): EventLogError =>
  new EventLogError(
    'redis-unavailable',
    `The Redis Cluster at ${server} announces the node ${node}, which does not answer here. Check that this node is up, and that the gateway can reach this address; if it has another one outside of its network, set cluster-announce-ip or cluster-announce-hostname there.`,
    cause,
  );

/** One script that writes, and one message on a sharded channel: what appending an event needs. */
async function checkCommands(client: RedisClient, prefix: string): Promise<void> {
  const name = `${prefix}:{probe}`;
  await client.eval("return redis.call('SET', KEYS[1], '', 'PX', 1)", 1, name);
  await client.spublish(name, '');
}
