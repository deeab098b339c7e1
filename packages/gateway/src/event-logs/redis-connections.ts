/** The connections of one event log to Redis. */
import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import { isCluster, isClusterUp, type RedisClient } from './redis-cluster.ts';
import { LASTING, type RedisConnector } from './redis-connector.ts';
import { explainRedis } from './redis-explain.ts';
import { BROADCAST_SCRIPTS, SCRIPTS } from './redis-scripts.ts';
import type { RedisSubscriber } from './redis-subscriber.ts';

/** Shorter than the timeout of a readiness probe. */
const CHECK_TIMEOUT_MS = 2_000;
const NO_ANSWER = `Redis did not answer a ping within ${CHECK_TIMEOUT_MS} ms. Check that it is up and reachable.`;

/**
 * Three connections, or three to each node of a cluster, so that a short command does not wait behind a window of a megabyte, nor behind
 * the events of other gateways.
 */
export class RedisConnections {
  /** For commands. */
  readonly client: RedisClient;
  /** For reading windows. */
  readonly reader: RedisClient;
  /** For the events and messages of other gateways. */
  readonly subscriber: RedisSubscriber;

  /** Does not connect: each connection connects with its first command. */
  constructor({ connect, subscribe, server }: RedisConnector, report: (error: unknown) => void) {
    const onError = (error: unknown, node = server) => {
      report(explainRedis(error, node));
    };
    this.client = connect({ ...LASTING, scripts: { ...SCRIPTS, ...BROADCAST_SCRIPTS } });
    this.reader = connect({ ...LASTING, scripts: SCRIPTS });
    this.subscriber = subscribe(this.client, onError);
    for (const each of [this.client, this.reader]) {
      each.on('error', (error) => {
        onError(error);
      });
      each.on('node error', onError); // of a cluster
    }
  }

  /** Whether commands are answered now, as far as is known here. Of a cluster, one shard may be down. */
  get isConnected(): boolean {
    return this.client.status === 'ready';
  }

  /** Calls `handle` when a connection for commands is there, the first time or again: Redis may have lost its data. */
  onReady(handle: () => void): void {
    this.client.on('ready', handle);
    if (isCluster(this.client))
      this.client.on('+node', (node: Redis) => {
        node.on('ready', handle);
      });
  }

  /** Calls `handle` when the connection for commands is lost; that to a cluster is lost with its last node. */
  onLost(handle: () => void): void {
    this.client.on('close', handle);
  }

  /** The commands that `send` issues are one write to the socket, or one to the socket of each node. */
  corked(send: () => void): void {
    const servers = isCluster(this.client) ? this.client.nodes('master') : [this.client];
    const streams = servers.filter(({ status }) => status === 'ready').map(({ stream }) => stream);
    for (const stream of streams) stream.cork();
    send();
    for (const stream of streams) stream.uncork();
  }

  /** Resolves when every connection answers a ping within 2 s; of a cluster, one node of each client. @throws {EventLogError} `redis-unavailable` */
  async check(clock: Clock): Promise<void> {
    const timeout = Promise.withResolvers<never>();
    const timer = clock.after(CHECK_TIMEOUT_MS, () => {
      timeout.reject(new EventLogError('redis-unavailable', NO_ANSWER));
    });
    const pings = [ping(this.client), ping(this.reader), this.subscriber.check()];
    await Promise.race([Promise.all(pings), timeout.promise]).finally(() => {
      timer.cancel();
    });
  }

  /** Waits for `work`, at most `limitMs`, and not at all when the connection for commands is lost. */
  async whileConnected(work: () => Promise<unknown>, clock: Clock, limitMs: number): Promise<void> {
    if (!this.isConnected) return;
    const ended = Promise.withResolvers<undefined>();
    const end = () => {
      ended.resolve(undefined);
    };
    const timer = clock.after(limitMs, end);
    this.client.once('close', end);
    await Promise.race([work(), ended.promise]);
    this.client.off('close', end);
    timer.cancel();
  }

  /** Closes the connections. What was not answered is not answered any more. */
  disconnect(): void {
    for (const each of [this.subscriber, this.client, this.reader]) each.disconnect();
  }
}

/** Fails at once when the connection was lost. While the first attempt to connect is running, it waits for it. */
async function ping(connection: RedisClient): Promise<void> {
  if (['close', 'reconnecting', 'end'].includes(connection.status))
    throw new EventLogError(
      'redis-unavailable',
      `The connection to Redis is lost (${connection.status}). Check that Redis is up and reachable.`,
    );
  if (isCluster(connection)) await pingCluster(connection);
  else await connection.ping();
}

/** One shard that is down does not make the gateway useless, and another gateway would not do better. */
async function pingCluster(cluster: Cluster): Promise<void> {
  if (cluster.status === 'wait') await cluster.connect();
  const states = cluster.nodes('master').map(async (node) => {
    if (!isClusterUp(await node.cluster('INFO'))) throw new Error('CLUSTERDOWN The cluster is down');
  });
  await Promise.any(states).catch((error: unknown) => {
    throw error instanceof AggregateError ? error.errors[0] : error;
  });
}
