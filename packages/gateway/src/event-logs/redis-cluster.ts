/** The client of a Redis Cluster, with the timeouts that the client of one server has. */
import type { ConnectionOptions } from 'node:tls';
import type * as ioredis from 'ioredis';
import type { RedisClusterTarget, RedisNodeAddress } from './redis-target.ts';

/** Between two attempts of a command whose shard is down. */
const RETRY_DELAY_MS = 250;
/**
 * Each attempt at a shard that is down costs one or two: a node sends the command to the owner of the slot, which closes the connection.
 * So a command is tried for 5 to 10 s: no longer than its timeout, after which it must not be sent any more.
 */
const MAX_REDIRECTIONS = 38;
/** How soon a new owner of a slot is noticed when nothing is written to it. */
const REFRESH_INTERVAL_MS = 5_000;
const REFRESH_TIMEOUT_MS = 2_000;

/** Options of a connection, as those of one server; a cluster applies them to each of its nodes. */
export interface ConnectOptions extends Omit<ioredis.RedisOptions, 'replyMapping' | 'path' | 'scripts'> {
  scripts?: NonNullable<ioredis.ClusterOptions['scripts']>;
}

/** A client for commands. Both kinds have the same commands and scripts. */
export type RedisClient = ioredis.Redis | ioredis.Cluster;

/** Whether a client is that of a cluster. */
export const isCluster = (client: RedisClient): client is ioredis.Cluster => client.isCluster;

/** Whether the cluster serves commands, by what a node answers to CLUSTER INFO. */
export const isClusterUp = (info: string): boolean => /^cluster_state:ok/m.test(info);

interface Login extends Partial<Omit<RedisClusterTarget, 'nodes'>> {
  tls: ConnectionOptions | undefined;
}

/**
 * Creates a client that connects with its first command. The nodes must announce addresses that can be reached from here.
 * @param options of one server. Without retries a command fails as soon as its shard does not answer
 */
export function connectCluster(
  library: typeof ioredis,
  { nodes, ...login }: Login & Pick<RedisClusterTarget, 'nodes'>,
  { scripts, retryStrategy, ...options }: ConnectOptions,
): ioredis.Cluster {
  const delayMs = options.maxRetriesPerRequest === 0 ? 0 : RETRY_DELAY_MS; // 0 means that it is not tried again
  const { commandTimeout } = options;
  class TimedCluster extends library.Cluster {
    override sendCommand(...[command, ...rest]: Parameters<ioredis.Cluster['sendCommand']>): unknown {
      // Without this, the timeout does not begin before a node is connected: a command would wait for a cluster for ever.
      if (commandTimeout !== undefined) command.setTimeout(commandTimeout);
      // It has waited for the cluster longer than its caller has.
      if (command.isSettled) return command.promise;
      return super.sendCommand(command, ...rest);
    }
  }
  return new TimedCluster([...nodes], {
    ...(scripts === undefined ? {} : { scripts }),
    lazyConnect: true,
    // A node connects with its first command, for which those that come meanwhile wait: at most for their timeout.
    enableOfflineQueue: true,
    // A cluster of which one shard is down serves the others; `check` tells the state.
    enableReadyCheck: false,
    clusterRetryStrategy: (attempt) => retryStrategy?.(attempt) ?? null,
    // With TLS, the certificate may have the name and not the address.
    dnsLookup: (hostname, callback) => {
      callback(null, hostname);
    },
    maxRedirections: MAX_REDIRECTIONS,
    retryDelayOnFailover: delayMs,
    retryDelayOnClusterDown: delayMs,
    slotsRefreshInterval: REFRESH_INTERVAL_MS,
    slotsRefreshTimeout: REFRESH_TIMEOUT_MS,
    redisOptions: { ...options, ...defined(login) },
  });
}

/** Creates a connection to one node. */
export function connectNode(
  library: typeof ioredis,
  { node, ...login }: Login & { node: RedisNodeAddress },
  options: ConnectOptions,
): ioredis.Redis {
  const { host, port } = node;
  return new library.Redis({ ...options, ...defined(login), host, port });
}

/** The address of a node by its name in the map of the slots: `10.0.0.2:6379`, `::1:6379`. */
export function readAddress(name: string): RedisNodeAddress {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}

function defined({ username, password, tls }: Login): ConnectOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}
