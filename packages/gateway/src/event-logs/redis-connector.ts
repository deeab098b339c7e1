/** Creates the connections to one server of Redis. */
import type * as ioredis from 'ioredis';
import { requireOptional } from '../base/index.ts';
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
} satisfies ioredis.RedisOptions;

/** A connection that is tried once. */
export const ONCE = {
  lazyConnect: true,
  connectTimeout: ONCE_TIMEOUT_MS,
  commandTimeout: ONCE_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  enableReadyCheck: false,
} satisfies ioredis.RedisOptions;

/** Creates connections to one server. */
export interface RedisConnector {
  /** The name of the server in errors. */
  server: string;
  connect: (options: Omit<ioredis.RedisOptions, 'replyMapping'>) => ioredis.Redis;
}

/**
 * Does not connect.
 * @throws {EventLogError} `invalid-url`
 * @throws {MissingPackageError} when the package `ioredis` is not installed
 */
export function createConnector(text: string): RedisConnector {
  const { Redis } = requireOptional('ioredis', 'The Redis event log') as typeof ioredis; // its own types
  const { url, server, tls } = readRedisTarget(text);
  return {
    server,
    connect: (options) => new Redis(url, tls === undefined ? options : { ...options, tls }),
  };
}
