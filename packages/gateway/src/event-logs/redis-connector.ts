/** Creates the connections to one server of Redis, or to a cluster. */
import type * as ioredis from 'ioredis';
import { requireOptional } from '../base/index.ts';
import {
  connectCluster,
  connectNode,
  isCluster,
  readAddress,
  type ConnectOptions,
  type RedisClient,
} from './redis-cluster.ts';
import { RedisClusterSubscriber } from './redis-cluster-subscriber.ts';
import { createServerSubscriber, type RedisSubscriber } from './redis-subscriber.ts';
import { readRedisTarget } from './redis-target.ts';

/** How long a command waits for a Redis that is restarting before it fails. */
const COMMAND_TIMEOUT_MS = 10_000;
/** Longer than two pings of the subscriber, and longer than any command takes. */
const SOCKET_TIMEOUT_MS = 25_000;
/** About twenty seconds of reconnecting; then the queued commands fail. */
const MAX_RETRIES = 20;
const MAX_RETRY_DELAY_MS = 1_000;
/** A server that is up answers in milliseconds. */
const ONCE_TIMEOUT_MS = 2_000;

/** A connection that connects with its first command, and again when it is lost. */
export const LASTING = {
  lazyConnect: true,
  commandTimeout: COMMAND_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  maxRetriesPerRequest: MAX_RETRIES,
  retryStrategy: (attempt: number) =>
    Math.min(25 * 2 ** attempt, MAX_RETRY_DELAY_MS) * (0.5 + Math.random() / 2),
  // After a failover the connection may lead to a read-only replica: reconnect, then send the command again (2).
  reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
} satisfies ConnectOptions;

/** A connection that is tried once. */
export const ONCE = {
  lazyConnect: true,
  connectTimeout: ONCE_TIMEOUT_MS,
  commandTimeout: ONCE_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  enableReadyCheck: false,
} satisfies ConnectOptions;

/** Creates connections to one server, or to one cluster. */
export interface RedisConnector {
  /** The name of the server in errors. */
  server: string;
  connect: (options: ConnectOptions) => RedisClient;
  /** Connects to the server, or to the first node of the cluster that the URL names. */
  connectNode: (options: ConnectOptions) => ioredis.Redis;
  /**
   * Creates a subscriber with connections of its own.
   * @param client a client of this connector, which tells the nodes of a cluster
   * @param onError called with errors from which it recovers, and the node in which they occurred
   */
  subscribe: (client: RedisClient, onError: (error: unknown, server: string) => void) => RedisSubscriber;
  /** The node to which commands for a key go, as far as is known; one server is one node. */
  nodeOf: (client: RedisClient, key: string) => string;
}

/**
 * Does not connect.
 * @throws {EventLogError} `invalid-url`
 * @throws {MissingPackageError} when the package `ioredis` is not installed
 */
export function createConnector(text: string): RedisConnector {
  const library = requireOptional('ioredis', 'The Redis event log') as typeof ioredis; // its own types
  const target = readRedisTarget(text);
  const { url, server, tls } = target;
  const slotOf = (key: string) => new library.Command('ssubscribe', [key]).getSlot();
  const connectServer = (options: ConnectOptions) =>
    new library.Redis(url, tls === undefined ? options : { ...options, tls });
  // RedisWatch and RedisBroadcasts resubscribe themselves, because each new subscription must be followed by a read.
  const following = { ...LASTING, autoResubscribe: false };
  return {
    server,
    connect: (options) =>
      target.cluster === undefined
        ? connectServer(options)
        : connectCluster(library, { ...target.cluster, tls }, options),
    connectNode: (options) => {
      const [first] = target.cluster?.nodes ?? [];
      if (first === undefined) return connectServer(options);
      return connectNode(library, { ...target.cluster, tls, node: first }, options);
    },
    subscribe: (client, onError) => {
      if (isCluster(client))
        return new RedisClusterSubscriber({
          client,
          connectNode: (node) =>
            connectNode(library, { ...target.cluster, tls, node: readAddress(node) }, following),
          slotOf,
          onError,
        });
      const redis = connectServer(following);
      redis.on('error', (error) => {
        onError(error, server);
      });
      return createServerSubscriber(redis);
    },
    nodeOf: (client, key) => (isCluster(client) ? (client.slots[slotOf(key)]?.[0] ?? server) : server),
  };
}
