/** The event log of several gateways that share one Redis 7 (or Valkey), or a cluster of them. */
import type { ConversationId, LoggedEventBody, Position, RandomBytes } from '@rivulet/protocol';
import type { Redis } from 'ioredis';
import { type Clock, type LogFigures, randomBytes, settleAsync, systemClock } from '../base/index.ts';
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
import { RedisCommands } from './redis-commands.ts';
import { RedisBroadcasts } from './redis-broadcasts.ts';
import { RedisConnections } from './redis-connections.ts';
import { createConnector } from './redis-connector.ts';
import { explainRedis } from './redis-explain.ts';
import { waitForRedis } from './redis-probe.ts';
import { RedisReachability } from './redis-reachability.ts';
import { RedisSubscription } from './redis-subscription.ts';
import { RedisWatch } from './redis-watch.ts';
import { RedisWrites } from './redis-writes.ts';

/** Options of `createRedisEventLog`. */
export interface RedisEventLogOptions {
  /**
   * `redis://user:password@host:6379/0`, `rediss://…` with TLS, or the path of a unix socket. A Redis Cluster is
   * `redis+cluster://user:password@host1:6379,host2:6379`, or `rediss+cluster://…`, with some of its nodes. With TLS,
   * `?sslrootcert=/path/ca.crt` names the CA of the server's certificate, and `?sslmode=no-verify` accepts any certificate.
   */
  url: string;
  /** Prefix of all keys and channels; gateways with the same prefix are one service. Default: `rivulet`. */
  prefix?: string;
  /** Bounds of what is kept of each conversation; in Redis, `maxChars` counts bytes of JSON. Default: 4,096 events, 1 Mi. */
  window?: Partial<WindowLimits>;
  /**
   * When the viewers of this gateway see what it writes. `at-once`: before Redis has it, so that they do not wait for the network; when the
   * gateway dies, the last 40 ms of text may be missing in Redis. `logged`: when Redis has it. Default: `at-once`.
   */
  deliver?: 'at-once' | 'logged';
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
 * - It has three connections: for commands, for reading windows, and for the events of other nodes; to a cluster, three to each shard.
 * - All keys of a conversation are on one shard of a cluster. While a shard is down, the conversations of the others go on.
 * - A window is downloaded once for all who read it together. After that, only what is new is read.
 * - Each append is one atomic script in Redis. The viewers of the node that holds the lease see the events at once, those of other nodes
 *   when Redis has published them; see `deliver`.
 * - Appends that were in flight when the connection was lost are sent again and are applied once.
 * - While Redis is away, the viewers of the node that holds the lease go on. What Redis has missed, or lost, is written again when it is
 *   back. The other conversations of a Redis that restarts without its data start new epochs. With its data (append-only file,
 *   replica) they continue.
 * - The log of a conversation that nobody uses expires after 15 minutes.
 * - A broadcast message reaches a node that was disconnected for up to a minute once it is connected again.
 * @throws {EventLogError} `invalid-url` when the URL cannot be used
 * @throws {MissingPackageError} when the package `ioredis` is not installed
 */
export function createRedisEventLog(options: RedisEventLogOptions): EventLog {
  return new RedisEventLog(options);
}

/** How long closing waits for pending appends. A Redis that is up answers within this time. */
const CLOSE_TIMEOUT_MS = 2_000;

class RedisEventLog implements EventLog {
  readonly isShared = true;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #connections: RedisConnections;
  readonly #commands: RedisCommands;
  readonly #writes: RedisWrites;
  readonly #watch: RedisWatch;
  readonly #broadcasts: RedisBroadcasts;
  readonly #reachability = new RedisReachability();
  readonly #wait: () => Promise<void>;
  #closed: Promise<void> | undefined;

  constructor({
    url,
    prefix = 'rivulet',
    window = {},
    deliver = 'at-once',
    onError: report = () => undefined,
    ...rest
  }: RedisEventLogOptions) {
    const { clock = systemClock, random = randomBytes } = rest;
    this.#clock = clock;
    this.#random = random;
    const limits = { ...DEFAULT_WINDOW, ...window };
    const connector = createConnector(url);
    const onError = (error: unknown) => {
      report(explainRedis(error, connector.server));
    };
    const isClosed = () => this.#closed !== undefined;
    this.#wait = () => waitForRedis({ connector, prefix, clock, isClosed });
    const connections = (this.#connections = new RedisConnections(connector, report));
    const { subscriber } = connections;
    // A cluster has the commands and the scripts that one server has.
    const [client, reader] = [connections.client as Redis, connections.reader as Redis];
    const commands = new RedisCommands({ client, reader, prefix, random, limits });
    this.#commands = commands;
    this.#watch = new RedisWatch({
      ...{ subscriber, commands, clock, limits },
      verify: (id) => this.#writes.verify(id),
      onForeign: (id) => {
        this.#writes.stopLeading(id);
      },
      onError,
    });
    this.#broadcasts = new RedisBroadcasts({ subscriber, commands, clock, onError });
    this.#writes = new RedisWrites({
      ...{ commands, copies: this.#watch, clock, deliver, onError },
      sendCorked: (send) => {
        connections.corked(send);
      },
      isConnected: () => connections.isConnected,
      onUnanswered: (error, restored) => {
        onError(error);
        void this.#reachability.failing(restored);
      },
      onStopped: (conversationId, runId) => {
        this.#broadcasts.deliver({ kind: 'abort', conversationId, runId });
      },
    });
    connections.onReady(() => void this.#reconnected());
    connections.onLost(this.#reachability.lost);
  }

  get isReachable(): boolean {
    return this.#reachability.isReachable;
  }

  get figures(): LogFigures {
    const waiting = [...this.#writes.queues.values()].map(({ unacknowledged }) => unacknowledged);
    return {
      appendsWaiting: waiting.reduce((sum, count) => sum + count, 0),
      leadsLost: this.#watch.leadsLost,
    };
  }

  onReachable(handle: () => void): () => void {
    return this.#reachability.onChange(handle);
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
      return this.#writes.append(id, events, lease?.fence);
    });
  }

  read(id: ConversationId): Promise<Kept> {
    return this.#settle(async () => {
      if (!this.#writes.hasShownAll(id)) await this.#writes.settled(id);
      return this.#watch.mirrorOf(id).read();
    });
  }

  head(id: ConversationId): Promise<Position> {
    return this.#settle(async () => {
      if (!this.#writes.hasShownAll(id)) await this.#writes.settled(id);
      return this.#watch.mirrorOf(id).readHead();
    });
  }

  subscribe(id: ConversationId, options: SubscribeOptions): Promise<void> {
    return new RedisSubscription(options, this.#watch.watching(id)).start();
  }

  acquireLease(id: ConversationId, ttlMs: number): Promise<Lease | undefined> {
    return this.#settle(async () => {
      const fence = await this.#writes.acquire(id, ttlMs);
      return fence === undefined ? undefined : this.#createLease(id, fence);
    });
  }

  #createLease(conversationId: ConversationId, fence: number): Lease {
    return {
      conversationId,
      fence,
      renew: (ttlMs) => this.#settle(() => this.#writes.renew(conversationId, fence, ttlMs)),
      release: () => this.#settle(() => this.#writes.release(conversationId, fence)),
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
      await this.#writes.settled(id);
      await this.#commands.erase(id);
      this.#writes.stopLeading(id);
      this.#watch.forget(id);
    });
  }

  check(): Promise<void> {
    return this.#settle(() => this.#connections.check(this.#clock));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#closeOnce());
  }

  /** What viewers were shown meanwhile can be resumed elsewhere once it is written. */
  async #reconnected(): Promise<void> {
    await this.#writes.reconnected();
    if (this.#connections.isConnected) this.#reachability.connected();
  }

  async #closeOnce(): Promise<void> {
    this.#reachability.close();
    this.#watch.close();
    this.#broadcasts.close();
    // Appends that the caller did not await are still written, when Redis is connected.
    await this.#connections.whileConnected(() => this.#writes.allSettled(), this.#clock, CLOSE_TIMEOUT_MS);
    this.#writes.close();
    this.#connections.disconnect();
  }

  #settle<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return settleAsync(() => {
      if (this.#closed !== undefined)
        throw new EventLogError('closed', 'The event log is closed and cannot be used any more.');
      return work();
    });
  }
}
