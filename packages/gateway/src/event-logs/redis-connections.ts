/** The connections of one event log to Redis. */
import type * as ioredis from 'ioredis';
import { type Clock } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import { LASTING, type RedisConnector } from './redis-connector.ts';
import { BROADCAST_SCRIPTS, SCRIPTS } from './redis-scripts.ts';

/** Shorter than the timeout of a readiness probe. */
const CHECK_TIMEOUT_MS = 2_000;
const NO_ANSWER = `Redis did not answer a ping within ${CHECK_TIMEOUT_MS} ms. Check that it is up and reachable.`;

/** Three connections, so that a short command does not wait behind a window of a megabyte, nor behind the events of other nodes. */
export class RedisConnections {
  /** For commands. */
  readonly client: ioredis.Redis;
  /** For reading windows. */
  readonly reader: ioredis.Redis;
  /** For the events and messages of other nodes. */
  readonly subscriber: ioredis.Redis;

  /** Does not connect: each connection connects with its first command. */
  constructor(connect: RedisConnector['connect'], onError: (error: unknown) => void) {
    this.client = connect({ ...LASTING, scripts: { ...SCRIPTS, ...BROADCAST_SCRIPTS } });
    this.reader = connect({ ...LASTING, scripts: SCRIPTS });
    // RedisWatch and RedisBroadcasts resubscribe themselves, because each new subscription must be followed by a read.
    this.subscriber = connect({ ...LASTING, autoResubscribe: false });
    for (const each of this.#all) each.on('error', onError);
  }

  get #all(): readonly ioredis.Redis[] {
    return [this.client, this.reader, this.subscriber];
  }

  /** Whether commands are answered now, as far as is known here. */
  get isConnected(): boolean {
    return this.client.status === 'ready';
  }

  /** The commands that `send` issues are one write to the socket. */
  corked(send: () => void): void {
    const { stream } = this.client;
    if (!this.isConnected) {
      send();
      return;
    }
    stream.cork();
    send();
    stream.uncork();
  }

  /** Resolves when every connection answers a ping within 2 s. @throws {EventLogError} `redis-unavailable` */
  async check(clock: Clock): Promise<void> {
    const timeout = Promise.withResolvers<never>();
    const timer = clock.after(CHECK_TIMEOUT_MS, () => {
      timeout.reject(new EventLogError('redis-unavailable', NO_ANSWER));
    });
    const pings = this.#all.map((connection) => ping(connection));
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
    for (const each of this.#all) each.disconnect();
  }
}

/** Fails at once when the connection was lost. While the first attempt to connect is running, it waits for it. */
async function ping(connection: ioredis.Redis): Promise<void> {
  if (['close', 'reconnecting', 'end'].includes(connection.status))
    throw new EventLogError(
      'redis-unavailable',
      `The connection to Redis is lost (${connection.status}). Check that Redis is up and reachable.`,
    );
  await connection.ping();
}
