/** Checks of Redis: whether it has what the event log needs, and whether its settings keep what is written. */
import type { Redis } from 'ioredis';
import { createConnector, ONCE, type RedisConnector } from '../../event-logs/redis-connector.ts';
import { isCluster } from '../../event-logs/redis-cluster.ts';
import { explainRedis } from '../../event-logs/redis-explain.ts';
import { probeRedis } from '../../event-logs/redis-probe.ts';
import type { Config } from '../config.ts';
import { latencyFinding } from './latency.ts';
import type { Machine } from './machine.ts';
import { fault, ok, skipped, statusBeyond, warning, type Finding } from './finding.ts';

/** The prefix of the keys of a gateway of the executable. */
const PREFIX = 'rivulet';

/** Connects once. */
export async function checkRedis(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  machine: Machine,
): Promise<Finding[]> {
  if (redisUrl === undefined)
    return [skipped('redis', 'Redis is not configured: one gateway serves all visitors.')];
  const connector = createConnector(redisUrl);
  const failure = await probeRedis({ connector, prefix: PREFIX });
  if (failure !== undefined)
    return [fault('redis', failure.message, 'Do what the sentence says, and correct RIVULET_REDIS_URL.')];
  const found = `Redis at ${connector.server} has the commands that the event log needs, sharded channels among them.`;
  return [ok('redis', found), ...(await examine(connector, machine))];
}

async function examine(connector: RedisConnector, machine: Machine): Promise<Finding[]> {
  const client = connector.connect(ONCE);
  client.on('error', () => undefined); // the command in flight rejects
  try {
    await client.connect();
    const nodes = isCluster(client) ? client.nodes('master') : [client];
    const found = await Promise.all(nodes.map((node) => examineNode(node, machine)));
    return found.flat();
  } catch (error) {
    throw explainRedis(error, connector.server);
  } finally {
    client.disconnect();
  }
}

async function examineNode(node: Redis, machine: Machine): Promise<Finding[]> {
  const text = await node.info().catch(() => undefined);
  const latency = await latencyFinding('redis latency', machine, () => node.ping());
  if (text === undefined)
    return [latency, skipped('redis settings', 'The user may not call INFO.', 'Grant it +info to look.')];
  const info = readInfo(text);
  return [
    latency,
    ok('redis version', `Redis ${info('redis_version')}.`),
    checkEviction(info),
    checkMemory(info),
    checkPersistence(info),
    checkClients(info),
  ];
}

type Info = (name: string) => string;

/** INFO is lines of `name:value`. */
const readInfo =
  (text: string): Info =>
  (name) =>
    new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';

function checkEviction(info: Info): Finding {
  const check = 'redis eviction';
  const policy = info('maxmemory_policy');
  if (policy === '' || policy === 'noeviction') return ok(check, 'Redis evicts nothing.');
  return fault(
    check,
    `maxmemory-policy is ${policy}: Redis may evict the lease of a reply, so that two gateways write it.`,
    'Set maxmemory-policy to noeviction.',
  );
}

const MEMORY_SHARE = { warning: 0.7, fault: 0.9 };

function checkMemory(info: Info): Finding {
  const check = 'redis memory';
  const [used, most] = [Number(info('used_memory')), Number(info('maxmemory'))];
  if (most === 0) return ok(check, `${mebibytes(used)} are used; maxmemory is not set.`);
  const status = statusBeyond(used / most, MEMORY_SHARE);
  const found = `${mebibytes(used)} of maxmemory ${mebibytes(most)} are used; when it is full, writes fail.`;
  const mend = status === 'ok' ? '' : 'Raise maxmemory to twice of what is used.';
  return { check, status, found, mend };
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function checkPersistence(info: Info): Finding {
  const check = 'redis persistence';
  const failed = ['rdb_last_bgsave_status', 'aof_last_write_status', 'aof_last_bgrewrite_status'].filter(
    (name) => info(name) === 'err',
  );
  if (failed.length > 0)
    return fault(
      check,
      `Redis cannot save its data (${failed.join(', ')}); it refuses writes while that is so.`,
      'Free some disk space of Redis, or correct its dir and the rights to it.',
    );
  if (info('aof_enabled') === '1') return ok(check, 'Each write is in the append-only file.');
  return ok(check, 'There is no append-only file: after a restart of Redis viewers get their state again.');
}

const CLIENTS_SHARE = { warning: 0.7, fault: 0.9 };

function checkClients(info: Info): Finding {
  const check = 'redis connections';
  const [used, most] = [Number(info('connected_clients')), Number(info('maxclients'))];
  if (!(most > 0)) return ok(check, `${used} clients are connected.`);
  const status = statusBeyond(used / most, CLIENTS_SHARE);
  const found = `${used} of ${most} connections are used; a gateway needs four.`;
  if (status === 'ok') return ok(check, found);
  const finding = status === 'fault' ? fault : warning;
  return finding(check, found, 'Raise maxclients of Redis, or close connections of other programs.');
}
