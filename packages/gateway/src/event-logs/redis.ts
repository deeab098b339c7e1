/** The event log of many gateways: one Redis 7 (or Valkey) for all of them. */
import {
  ChatError,
  type ConversationId,
  type LoggedEventBody,
  type Position,
  type RandomBytes,
} from '@rivulet/protocol';
import { Redis, type RedisOptions } from 'ioredis';
import { systemClock, type Clock } from '../base/clock.ts';
import { randomBytes } from '../base/random.ts';
import { mintEpoch } from './epoch.ts';
import type {
  AppendOptions,
  EventLog,
  Kept,
  Lease,
  LogRead,
  BroadcastMessage,
  SubscribeOptions,
  Watch,
} from './event-log.ts';
import { DEFAULT_WINDOW, type WindowLimits } from './kept-window.ts';
import { RedisAppends } from './redis-appends.ts';
import { RedisCommands } from './redis-commands.ts';
import { RedisBroadcasts } from './redis-broadcasts.ts';
import { BROADCAST_SCRIPTS, SCRIPTS } from './redis-scripts.ts';
import { RedisSubscription } from './redis-subscription.ts';
import { RedisWatch } from './redis-watch.ts';

export interface RedisEventLogOptions {
  /** `redis://user:password@host:6379/0`, `rediss://…` with TLS, or the path of a unix socket. */
  url: string;
  /** What its keys and channels begin with; gateways that share it are one service. Default: `rivulet`. */
  prefix?: string;
  /** What is kept of each conversation; in Redis `maxChars` counts bytes of JSON. Default: 4,096 events, 1 Mi. */
  window?: Partial<WindowLimits>;
  /** Told of what is mended by itself: a lost connection, a message that could not be read. */
  onError?: (error: unknown) => void;
  clock?: Clock;
  random?: RandomBytes;
}

/**
 * Connects at once and for as long as it takes; `check` says when it is there. Every append is one atomic step in Redis and
 * is seen here when its reply is back (0.2 to 0.5 ms on a local network), by viewers of this node too. After a cut of the line appends that
 * were on their way are sent again and take their places once. A Redis that came back empty begins new epochs, and leases are
 * gone; one that keeps its data (append-only file, replica) goes on where it was. A conversation that nobody touches is
 * forgotten after 15 minutes. A note reaches a node whose line was cut when it is mended, up to a minute later.
 */
export function createRedisEventLog(options: RedisEventLogOptions): EventLog {
  return new RedisEventLog(options);
}

/** How long a command waits for a Redis that is restarting, before its caller is told. */
const COMMAND_TIMEOUT_MS = 10_000;
/** Whoever asks whether Redis is there wants to know now. */
const CHECK_TIMEOUT_MS = 2_000;
/** A Redis that answers at all has answered by then. */
const CLOSE_TIMEOUT_MS = 2_000;
/** More than two pings of the subscriber, and more than any command. */
const SOCKET_TIMEOUT_MS = 25_000;
/** Some twenty seconds of trying: then what has gathered is given up. */
const MAX_RETRIES = 20;
const MAX_RETRY_DELAY_MS = 1_000;

const CONNECTION = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  maxRetriesPerRequest: MAX_RETRIES,
  retryStrategy: (attempt: number) =>
    Math.min(25 * 2 ** attempt, MAX_RETRY_DELAY_MS) * (0.5 + Math.random() / 2),
  // A replica that we were left with after a failover: connect anew, then send it again.
  reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
} satisfies RedisOptions;

class RedisEventLog implements EventLog {
  readonly isShared = true;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #client: Redis;
  readonly #subscriber: Redis;
  readonly #commands: RedisCommands;
  readonly #appends: RedisAppends;
  readonly #watch: RedisWatch;
  readonly #broadcasts: RedisBroadcasts;
  #closed: Promise<void> | undefined;

  constructor({
    url,
    prefix = 'rivulet',
    window = {},
    onError = () => undefined,
    ...rest
  }: RedisEventLogOptions) {
    const { clock = systemClock, random = randomBytes } = rest;
    this.#clock = clock;
    this.#random = random;
    const limits = { ...DEFAULT_WINDOW, ...window };
    this.#client = new Redis(url, { ...CONNECTION, scripts: { ...SCRIPTS, ...BROADCAST_SCRIPTS } });
    // What it is subscribed to is known here; subscribing and reading again belong together.
    this.#subscriber = new Redis(url, { ...CONNECTION, autoResubscribe: false });
    for (const each of [this.#client, this.#subscriber]) each.on('error', onError);
    const commands = new RedisCommands({ client: this.#client, prefix, random, limits });
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
      onAppended: (id, appended) => this.#watch.mirrorOf(id)?.receiveOwn(appended),
      together: (send) => {
        this.#together(send);
      },
    });
  }

  async append(
    id: ConversationId,
    events: readonly LoggedEventBody[],
    { lease }: AppendOptions = {},
  ): Promise<Position> {
    return this.#settle(() => {
      if (lease !== undefined && lease.conversationId !== id)
        throw new TypeError('the lease is of another conversation');
      return this.#appends.append(id, events, lease?.fence);
    });
  }

  read(id: ConversationId): Promise<Kept> {
    return this.#settle(async () => {
      await this.#appends.settled(id);
      return this.#commands.read(id);
    });
  }

  subscribe(id: ConversationId, options: SubscribeOptions): AsyncIterable<LogRead> {
    return new RedisSubscription(options, this.#watch.watching(id));
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
      // Commands keep their order, on a line that was cut meanwhile too: nothing is held after it was let go.
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
      this.#watch.startBeating();
      return this.#broadcasts.listen(handle);
    });
  }

  erase(id: ConversationId): Promise<void> {
    return this.#settle(async () => {
      await this.#appends.settled(id);
      await this.#commands.erase(id);
      // Not awaited: whoever erases does not wait for those who watch.
      void this.#watch.mirrorOf(id)?.load();
    });
  }

  check(): Promise<void> {
    return this.#settle(async () => {
      const late = Promise.withResolvers<never>();
      const timer = this.#clock.after(CHECK_TIMEOUT_MS, () => {
        late.reject(new Error('Redis did not answer'));
      });
      const pings = [this.#client, this.#subscriber].map((connection) => ping(connection));
      await Promise.race([Promise.all(pings), late.promise]).finally(() => {
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
    // What was not awaited is written all the same, while there is somebody to write to.
    if (this.#client.status === 'ready') await this.#flush();
    this.#appends.close();
    this.#subscriber.disconnect();
    this.#client.disconnect();
  }

  async #flush(): Promise<void> {
    const over = Promise.withResolvers<undefined>();
    const end = () => {
      over.resolve(undefined);
    };
    const timer = this.#clock.after(CLOSE_TIMEOUT_MS, end);
    this.#client.once('close', end);
    await Promise.race([this.#appends.allSettled(), over.promise]);
    this.#client.off('close', end);
    timer.cancel();
  }

  /** The commands of one turn of the loop are one write to the socket. */
  #together(send: () => void): void {
    const { stream, status } = this.#client;
    if (status !== 'ready') {
      send();
      return;
    }
    stream.cork();
    send();
    stream.uncork();
  }

  /** Begins within the call, so that appends are ordered as they were called; what it throws rejects, wrapped. */
  async #settle<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      if (this.#closed !== undefined) throw new Error('the event log is closed');
      return await work();
    } catch (error) {
      throw ChatError.from(error);
    }
  }
}

/** One that was cut is not there, whatever its next attempt will bring; the first may still be on its way. */
async function ping(connection: Redis): Promise<void> {
  if (['close', 'reconnecting', 'end'].includes(connection.status))
    throw new Error(`the connection to Redis is ${connection.status}`);
  await connection.ping();
}
