/** The event log of several gateways that share one Redis 7 (or Valkey). */
import type { ConversationId, LoggedEventBody, Position, RandomBytes } from '@rivulet/protocol';
import type * as ioredis from 'ioredis';
import { type Clock, randomBytes, settleAsync, systemClock } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';
import { mintEpoch } from './epoch.ts';
import type {
  AppendOptions,
  EventLog,
  Kept,
  Lease,
  BroadcastMessage,
  SubscribeOptions,
  Watch,
} from './event-log.ts';
import { DEFAULT_WINDOW, type WindowLimits } from './kept-window.ts';
import { RedisAppends } from './redis-appends.ts';
import { RedisCommands } from './redis-commands.ts';
import { RedisBroadcasts } from './redis-broadcasts.ts';
import { createConnector, LASTING, ONCE } from './redis-connector.ts';
import { explainRedis } from './redis-explain.ts';
import { waitForRedis } from './redis-probe.ts';
import { BROADCAST_SCRIPTS, SCRIPTS } from './redis-scripts.ts';
import { RedisSubscription } from './redis-subscription.ts';
import { RedisWatch } from './redis-watch.ts';

/** Options of `createRedisEventLog`. */
export interface RedisEventLogOptions {
  /**
   * `redis://user:password@host:6379/0`, `rediss://…` with TLS, or the path of a unix socket. With TLS, `?sslrootcert=/path/ca.crt`
   * names the CA of the server's certificate, and `?sslmode=no-verify` accepts any certificate.
   */
  url: string;
  /** Prefix of all keys and channels; gateways with the same prefix are one service. Default: `rivulet`. */
  prefix?: string;
  /** Bounds of what is kept of each conversation; in Redis, `maxChars` counts bytes of JSON. Default: 4,096 events, 1 Mi. */
  window?: Partial<WindowLimits>;
  /** Called with errors from which the log recovers by itself: a lost connection, a message that could not be read. */
  onError?: (error: unknown) => void;
  /** Default: the system clock. */
  clock?: Clock;
  /** Source of epochs and names. Default: cryptographic random bytes. */
  random?: RandomBytes;
}

/**
 * Creates an event log in Redis. It connects with `start` or its first call, and from then on reconnects without a limit; `check`
 * tells whether it is connected. `start` ends with an error when Redis refuses the gateway, or is not up within 10 s.
 *
 * - It has three connections: for commands, for reading windows, and for the events of other nodes.
 * - A window is downloaded once for all who read it together. After that, only what is new is read.
 * - Each append is one atomic script in Redis. Viewers of this node also see the events only when the reply is back (0.2 to
 *   0.5 ms on a local network).
 * - Appends that were in flight when the connection was lost are sent again and are applied once.
 * - A Redis that restarts without its data starts new epochs, and leases are lost. With its data (append-only file, replica)
 *   it continues.
 * - The log of a conversation that nobody uses expires after 15 minutes.
 * - A broadcast message reaches a node that was disconnected for up to a minute once it is connected again.
 * @throws {EventLogError} `invalid-url` when the URL cannot be used
 * @throws {MissingPackageError} when the package `ioredis` is not installed
 */
export function createRedisEventLog(options: RedisEventLogOptions): EventLog {
  return new RedisEventLog(options);
}

/** Shorter than the timeout of a readiness probe. */
const CHECK_TIMEOUT_MS = 2_000;
const NO_ANSWER = `Redis did not answer a ping within ${CHECK_TIMEOUT_MS} ms. Check that it is up and reachable.`;
/** How long closing waits for pending appends. A Redis that is up answers within this time. */
const CLOSE_TIMEOUT_MS = 2_000;

class RedisEventLog implements EventLog {
  readonly isShared = true;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #client: ioredis.Redis;
  readonly #reader: ioredis.Redis;
  readonly #subscriber: ioredis.Redis;
  readonly #commands: RedisCommands;
  readonly #appends: RedisAppends;
  readonly #watch: RedisWatch;
  readonly #broadcasts: RedisBroadcasts;
  readonly #wait: () => Promise<void>;
  #closed: Promise<void> | undefined;

  constructor({
    url,
    prefix = 'rivulet',
    window = {},
    onError: report = () => undefined,
    ...rest
  }: RedisEventLogOptions) {
    const { clock = systemClock, random = randomBytes } = rest;
    this.#clock = clock;
    this.#random = random;
    const limits = { ...DEFAULT_WINDOW, ...window };
    const { server, connect } = createConnector(url);
    const onError = (error: unknown) => {
      report(explainRedis(error, server));
    };
    const isClosed = () => this.#closed !== undefined;
    this.#wait = () => waitForRedis({ createClient: () => connect(ONCE), server, prefix, clock, isClosed });
    this.#client = connect({ ...LASTING, scripts: { ...SCRIPTS, ...BROADCAST_SCRIPTS } });
    this.#reader = connect({ ...LASTING, scripts: SCRIPTS });
    // RedisWatch and RedisBroadcasts resubscribe themselves, because each new subscription must be followed by a read.
    this.#subscriber = connect({ ...LASTING, autoResubscribe: false });
    for (const each of this.#connections) each.on('error', onError);
    const commands = new RedisCommands({
      client: this.#client,
      reader: this.#reader,
      prefix,
      random,
      limits,
    });
    this.#commands = commands;
    this.#watch = new RedisWatch({
      subscriber: this.#subscriber,
      commands,
      clock,
      limits,
      onError,
    });
    this.#broadcasts = new RedisBroadcasts({ subscriber: this.#subscriber, commands, clock, onError });
    this.#appends = new RedisAppends({
      commands,
      onAppended: (id, appended) => {
        this.#watch.receiveOwn(id, appended);
      },
      sendCorked: (send) => {
        this.#sendCorked(send);
      },
    });
  }

  get #connections(): readonly ioredis.Redis[] {
    return [this.#client, this.#reader, this.#subscriber];
  }

  start(): Promise<void> {
    return this.#settle(async () => {
      await this.#wait();
      await this.check();
    });
  }

  async append(
    id: ConversationId,
    events: readonly LoggedEventBody[],
    { lease }: AppendOptions = {},
  ): Promise<Position> {
    return this.#settle(() => {
      if (lease !== undefined && lease.conversationId !== id)
        throw new EventLogError(
          'wrong-lease',
          'The lease belongs to another conversation. Append with the lease that was acquired for this one.',
        );
      return this.#appends.append(id, events, lease?.fence);
    });
  }

  read(id: ConversationId): Promise<Kept> {
    return this.#settle(async () => {
      await this.#appends.settled(id);
      return this.#watch.mirrorOf(id).read();
    });
  }

  head(id: ConversationId): Promise<Position> {
    return this.#settle(async () => {
      await this.#appends.settled(id);
      return this.#watch.mirrorOf(id).readHead();
    });
  }

  subscribe(id: ConversationId, options: SubscribeOptions): Promise<void> {
    return new RedisSubscription(options, this.#watch.watching(id)).start();
  }

  acquireLease(id: ConversationId, ttlMs: number): Promise<Lease | undefined> {
    return this.#settle(async () => {
      const fence = await this.#commands.acquire(id, ttlMs);
      return fence === undefined ? undefined : this.#createLease(id, fence);
    });
  }

  #createLease(conversationId: ConversationId, fence: number): Lease {
    return {
      conversationId,
      fence,
      renew: (ttlMs) => this.#settle(() => this.#commands.renew(conversationId, fence, ttlMs)),
      release: () => this.#settle(() => this.#commands.release(conversationId, fence)),
    };
  }

  watch(id: ConversationId): Watch {
    const name = mintEpoch(this.#random) + mintEpoch(this.#random);
    let isReleased = false;
    return {
      // Commands keep their order, also across a reconnect, so a hold is never applied after the release.
      hold: (ttlMs) => this.#settle(() => (isReleased ? undefined : this.#commands.watch(id, name, ttlMs))),
      release: () =>
        this.#settle(() => {
          if (isReleased) return undefined;
          isReleased = true;
          return this.#commands.unwatch(id, name);
        }),
    };
  }

  unwatchedForMs(id: ConversationId): Promise<number> {
    return this.#settle(() => this.#commands.unwatchedForMs(id));
  }

  broadcast(broadcastMessage: BroadcastMessage): Promise<void> {
    return this.#settle(() => this.#broadcasts.send(broadcastMessage));
  }

  listen(handle: (broadcastMessage: BroadcastMessage) => void): Promise<() => void> {
    return this.#settle(() => {
      this.#watch.startPinging();
      return this.#broadcasts.listen(handle);
    });
  }

  erase(id: ConversationId): Promise<void> {
    return this.#settle(async () => {
      await this.#appends.settled(id);
      await this.#commands.erase(id);
      this.#watch.forget(id);
    });
  }

  check(): Promise<void> {
    return this.#settle(async () => {
      const timeout = Promise.withResolvers<never>();
      const timer = this.#clock.after(CHECK_TIMEOUT_MS, () => {
        timeout.reject(new EventLogError('redis-unavailable', NO_ANSWER));
      });
      const pings = this.#connections.map((connection) => ping(connection));
      await Promise.race([Promise.all(pings), timeout.promise]).finally(() => {
        timer.cancel();
      });
    });
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#closeOnce());
  }

  async #closeOnce(): Promise<void> {
    this.#watch.close();
    this.#broadcasts.close();
    // Appends that the caller did not await are still written, when Redis is connected.
    if (this.#client.status === 'ready') await this.#flush();
    this.#appends.close();
    for (const each of this.#connections) each.disconnect();
  }

  async #flush(): Promise<void> {
    const disconnected = Promise.withResolvers<undefined>();
    const end = () => {
      disconnected.resolve(undefined);
    };
    const timer = this.#clock.after(CLOSE_TIMEOUT_MS, end);
    this.#client.once('close', end);
    await Promise.race([this.#appends.allSettled(), disconnected.promise]);
    this.#client.off('close', end);
    timer.cancel();
  }

  /** The commands that `send` issues are one write to the socket. */
  #sendCorked(send: () => void): void {
    const { stream, status } = this.#client;
    if (status !== 'ready') {
      send();
      return;
    }
    stream.cork();
    send();
    stream.uncork();
  }

  #settle<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return settleAsync(() => {
      if (this.#closed !== undefined)
        throw new EventLogError('closed', 'The event log is closed and cannot be used any more.');
      return work();
    });
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
