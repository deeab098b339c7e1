/** A separate Redis Cluster for a test file: three shards on free ports of loopback, which the test can kill, restart and reshard. */
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from './free-port.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

/** One node of the cluster. */
export interface RedisClusterNode extends RedisServer {
  readonly port: number;
  /** With TLS; undefined without it. */
  readonly tlsPort: number | undefined;
  /** Its id within the cluster. */
  readonly id: string;
}

/** A running cluster. */
export interface RedisCluster {
  /** In the form that `createRedisEventLog` accepts, with all primaries of the start. */
  readonly url: string;
  /** The same with TLS, for a cluster that has a certificate; undefined for others. */
  readonly secureUrl: string | undefined;
  /** The primaries of the start, in the order of their slots. */
  readonly shards: readonly RedisClusterNode[];
  /** Runs one command at each primary of the start. @returns the replies in their order */
  runAll(command: string, ...args: (string | number)[]): Promise<unknown[]>;
  /** The shard that had the slot of a key at the start. */
  shardOf(key: string): Promise<RedisClusterNode>;
  /** Starts a replica of a shard. Resolves when it has the data. */
  addReplica(shard: RedisClusterNode): Promise<RedisClusterNode>;
  /** Resolves when every node, or each of those that are given, finds that the cluster serves all slots. */
  isWhole(nodes?: readonly RedisServer[]): Promise<void>;
  /** Resolves when all primaries of the start know a node of this address, such as `:7000@`. */
  announces(address: string): Promise<void>;
  /** Kills the nodes and removes their files. */
  dispose(): Promise<void>;
}

const SLOTS = 16_384;
const WAIT_MS = 30_000;
const RETRY_MS = 20;
/** Short, so that a failover takes a second. */
const NODE_TIMEOUT_MS = '1500';

/**
 * Starts a cluster. Its shards keep their data over a restart when it is `durable`.
 * @param extra further settings of each node, such as `{ requirepass: 'secret' }`; with `tls-cert-file` they listen with TLS, too
 * @throws {Error} when Redis is not installed, or the cluster does not come up within 30 s
 */
export async function startRedisCluster(
  persistence: 'volatile' | 'durable',
  extra: Readonly<Record<string, string>> = {},
): Promise<RedisCluster> {
  const nodes: RedisClusterNode[] = [];
  const start = async () => {
    const node = await startNode(persistence, extra);
    nodes.push(node);
    return node;
  };
  const shards = [await start(), await start(), await start()];
  await Promise.all(
    shards.map(async (node, index) => {
      const [first, next] = [index, index + 1].map((each) => Math.round((each * SLOTS) / shards.length));
      await node.run('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      await node.run('CLUSTER', 'ADDSLOTSRANGE', first ?? 0, (next ?? SLOTS) - 1);
    }),
  );
  const [first] = shards;
  const meet = (node: RedisClusterNode) => meetNode(node, first ?? node);
  await Promise.all(shards.slice(1).map(meet));
  const login = extra.requirepass === undefined ? '' : `:${extra.requirepass}@`;
  const urlOf = (scheme: string, portOf: (node: RedisClusterNode) => number | undefined) =>
    `${scheme}+cluster://${login}${shards.map((node) => `127.0.0.1:${portOf(node)}`).join(',')}`;
  const cluster: RedisCluster = {
    url: urlOf('redis', ({ port }) => port),
    secureUrl: extra['tls-cert-file'] === undefined ? undefined : urlOf('rediss', ({ tlsPort }) => tlsPort),
    shards,
    runAll: (command, ...args) => Promise.all(shards.map((node) => node.run(command, ...args))),
    async shardOf(key) {
      const slot = Number(await first?.run('CLUSTER', 'KEYSLOT', key));
      const shard = shards[Math.floor((slot * shards.length) / SLOTS)];
      if (shard === undefined) throw new Error(`no shard has the slot ${slot}`);
      return shard;
    },
    async addReplica(shard) {
      const replica = await start();
      await meet(replica);
      await until('knows its primary', async () =>
        String(await replica.run('CLUSTER', 'NODES')).includes(shard.id),
      );
      await replica.run('CLUSTER', 'REPLICATE', shard.id);
      await until('has the data', async () =>
        String(await replica.run('INFO', 'replication')).includes('master_link_status:up'),
      );
      const known = async (node: RedisServer) =>
        String(await node.run('CLUSTER', 'SLOTS')).includes(replica.id);
      await until('is known', async () => (await Promise.all(shards.map(known))).every(Boolean));
      return replica;
    },
    isWhole: (each = nodes) =>
      until('serves all slots', async () => (await Promise.all(each.map(isWhole))).every(Boolean)),
    announces: (address) =>
      until(`announces ${address}`, async () => {
        const replies = await cluster.runAll('CLUSTER', 'NODES');
        return replies.every((reply) => String(reply).includes(address));
      }),
    dispose: async () => {
      await Promise.all(nodes.map((node) => node.dispose()));
    },
  };
  await cluster.isWhole();
  return cluster;
}

async function startNode(
  persistence: 'volatile' | 'durable',
  extra: Readonly<Record<string, string>>,
): Promise<RedisClusterNode> {
  const [port, busPort] = [await findFreePort(), await findFreePort()];
  const tlsPort = extra['tls-cert-file'] === undefined ? undefined : await findFreePort();
  const node = await startRedis(persistence, {
    port: `${port}`,
    bind: '127.0.0.1',
    'cluster-enabled': 'yes',
    'cluster-port': `${busPort}`,
    'cluster-node-timeout': NODE_TIMEOUT_MS,
    // The shards that are up go on without the one that is down.
    'cluster-require-full-coverage': 'no',
    ...(tlsPort === undefined ? {} : { 'tls-port': `${tlsPort}` }),
    ...extra,
  });
  return { ...node, port, tlsPort, id: String(await node.run('CLUSTER', 'MYID')) };
}

async function meetNode(node: RedisServer, first: RedisServer): Promise<void> {
  const [, port = '', busPort = ''] = /:(\d+)@(\d+)/.exec(String(await first.run('CLUSTER', 'NODES'))) ?? [];
  await node.run('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
}

async function isWhole(node: RedisServer): Promise<boolean> {
  const info = String(await node.run('CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`);
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = Date.now() + WAIT_MS;
  while (!(await isTrue())) {
    if (Date.now() > giveUpAtMs) throw new Error(`no node of the cluster ${what} after ${WAIT_MS} ms`);
    await pause(RETRY_MS); // a node of Redis sends no event
  }
}
