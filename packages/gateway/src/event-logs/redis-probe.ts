/** Finds out, at the start of a gateway, whether a Redis can be used as its event log. */
import type { Redis } from 'ioredis';
import type { Clock } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import { explainRedis } from './redis-explain.ts';

/** A Redis that starts at the same time as the gateway is up within this time. */
const START_WAIT_MS = 10_000;
const RETRY_MS = 500;
const MIN_VERSION = 7;

/** What `waitForRedis` needs. */
export interface RedisProbeOptions {
  /** Creates a client that connects when it is told to, and never again. It is disconnected here. */
  createClient: () => Redis;
  /** The name of the server in errors. */
  server: string;
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
    const failure = await probe(options);
    if (failure === undefined) return;
    if (failure.code === 'redis-refused' || clock.now() >= giveUpAtMs || isClosed()) throw failure;
    await new Promise((resolve) =>
      clock.after(RETRY_MS, () => {
        resolve(undefined);
      }),
    );
  }
}

async function probe({
  createClient,
  server,
  prefix,
}: RedisProbeOptions): Promise<EventLogError | undefined> {
  const client = createClient();
  // The client rejects with "Connection is closed" and emits the cause. It also emits, and ignores, a refused database number.
  let emitted: unknown;
  client.on('error', (error) => (emitted ??= error));
  try {
    await client.connect();
    await checkServer(client, server);
    await checkCommands(client, prefix);
    return emitted === undefined ? undefined : explainRedis(emitted, server);
  } catch (error) {
    return explainRedis(error instanceof EventLogError ? error : (emitted ?? error), server);
  } finally {
    client.disconnect();
  }
}

/** @throws {EventLogError} `redis-refused` for an old version or a cluster */
async function checkServer(client: Redis, server: string): Promise<void> {
  // A user may lack the right to INFO; then the commands alone tell.
  const info = await client.info().catch(() => '');
  const version = Number(/^redis_version:(\d+)/m.exec(info)?.[1] ?? MIN_VERSION);
  if (version < MIN_VERSION) throw explainRedis(new Error(`unknown command of version ${version}`), server);
  if (!/^cluster_enabled:1/m.test(info)) return;
  const size = /cluster_size:(\d+)/.exec(await client.cluster('INFO'))?.[1] ?? '1';
  if (Number(size) > 1) throw explainRedis(new Error('cluster mode'), server);
}

/** One script that writes, and one message on a sharded channel: what appending an event needs. */
async function checkCommands(client: Redis, prefix: string): Promise<void> {
  const name = `${prefix}:{probe}`;
  await client.eval("return redis.call('SET', KEYS[1], '', 'PX', 1)", 1, name);
  await client.spublish(name, '');
}
