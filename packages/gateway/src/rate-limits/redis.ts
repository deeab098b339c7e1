/** The rate limiter of several gateways that share one Redis. While Redis is away, each decides by what it knows. */
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Clock, randomBytes, systemClock, type Timer } from '../base/index.ts';
import { mintEpoch } from '../event-logs/epoch.ts';
import type { ConnectOptions, RedisClient } from '../event-logs/redis-cluster.ts';
import { createConnector, type RedisConnector } from '../event-logs/redis-connector.ts';
import { explainRedis } from '../event-logs/redis-explain.ts';
import { createLocalCounts, type LocalCounts, type Uses } from './local-counts.ts';
import { createLocalPlaces, type LocalPlaces } from './local-places.ts';
import { MAX_DECISION_MS, type Place, type Rate, type RateLimiter, type Taken } from './rate-limiter.ts';
import { COUNT_SCRIPT, PLACE_SCRIPTS } from './redis-places.ts';

/** Options of `createRedisRateLimiter`. */
export interface RedisRateLimiterOptions {
  /** As that of the event log. */
  url: string;
  /** Prefix of all keys; gateways with the same prefix share their counts. Default: `rivulet`. */
  prefix?: string;
  /** Called when Redis does not answer any more, and when it does again. */
  onState?: (state: { kind: 'away'; error: unknown } | { kind: 'back' }) => void;
  /** Default: the system clock. */
  clock?: Clock;
}

/** Half of what a decision may take, so that a lost answer leaves time for the local one. */
const COMMAND_TIMEOUT_MS = MAX_DECISION_MS / 2;
/** After a failure Redis is not asked for so long: a Redis that hangs must not slow every message down. */
const AWAY_MS = 1_000;
/** Longer than the interval at which the places are renewed, and the nodes that have them are asked. */
const FORGET_MS = 10_000;
/** The places of a gateway that died are free after this time, as the lease of its runs is. */
const PLACE_LIFETIME_MS = 15_000;
const RENEW_INTERVAL_MS = PLACE_LIFETIME_MS / 3;
const MAX_RETRY_DELAY_MS = 1_000;

/** Nothing waits for a connection: without one, the local counts decide. */
const CONNECTION = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  commandTimeout: COMMAND_TIMEOUT_MS,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, MAX_RETRY_DELAY_MS),
  scripts: PLACE_SCRIPTS,
} satisfies ConnectOptions;

/**
 * Creates a rate limiter in Redis 7 or Valkey. What Redis has counted is remembered, so that a gateway that loses Redis goes on from
 * there, and a key that is over its limit costs Redis nothing until its window ends.
 * @throws {EventLogError} `invalid-url` when the URL cannot be used
 * @throws {MissingPackageError} when the package `ioredis` is not installed
 */
export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  return new RedisRateLimiter(options);
}

type OccupyScript = (
  ...args: [key: string, occupant: string, limit: number, lifetimeMs: number]
) => Promise<number>;

class RedisRateLimiter implements RateLimiter {
  readonly #client: RedisClient;
  readonly #connector: RedisConnector;
  readonly #counter: RateLimiterRedis;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #onState: NonNullable<RedisRateLimiterOptions['onState']>;
  readonly #counts: LocalCounts = createLocalCounts();
  readonly #places: LocalPlaces = createLocalPlaces();
  /** The gateways that share the Redis, this one among them. */
  #gateways = 1;
  readonly #name = mintEpoch(randomBytes);
  /** The nodes that did not answer, and until when they are not asked, in milliseconds since 1970. One server is one node. */
  readonly #awayUntilMs = new Map<string, number>();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor({
    url,
    prefix = 'rivulet',
    onState = () => undefined,
    clock = systemClock,
  }: RedisRateLimiterOptions) {
    this.#connector = createConnector(url);
    this.#client = this.#connector.connect(CONNECTION);
    this.#client.on('error', () => undefined); // a failed command reports it; nobody waits for the connection itself
    this.#prefix = `${prefix}:limits`;
    this.#clock = clock;
    this.#onState = onState;
    this.#counter = new RateLimiterRedis({
      storeClient: this.#client,
      keyPrefix: this.#prefix,
      points: 1, // the limit of a use comes with it, as sites differ
      duration: 1,
      rejectIfRedisNotReady: true,
      customIncrTtlLuaScript: COUNT_SCRIPT,
    });
  }

  async start(): Promise<void> {
    const refresh = () => {
      this.#timer?.cancel();
      this.#timer = this.#clock.after(RENEW_INTERVAL_MS, () => {
        this.#renew();
        refresh();
      });
    };
    refresh();
    if (this.#client.status === 'wait')
      await this.#client.connect().catch((error: unknown) => {
        this.#lose(this.#connector.server, error);
      });
    await this.#join();
  }

  async take(rate: Rate): Promise<Taken> {
    const known = await this.#counts.read(rate);
    // Over the limit it stays there until the window ends. A use that is given back elsewhere meanwhile is not noticed.
    if (known !== undefined && known.count >= rate.limit) return refusal(known);
    const shared = await this.#ask(this.#countOf(rate), () =>
      this.#counter.penalty(keyOf(rate), 1, seconds(rate)),
    );
    if (shared === undefined) {
      // The others may be giving out what is left too: a use counts once for each of them. The first one is always allowed.
      const weight = this.#gateways;
      const local = await this.#counts.add(rate, weight);
      const isWithin = local.count <= rate.limit - reserveOf(rate.limit, weight);
      return isWithin || local.count === weight ? allowed(local) : refusal(local);
    }
    const uses = usesOf(shared);
    this.#counts.learn(rate, uses);
    return uses.count <= rate.limit ? allowed(uses) : refusal(uses);
  }

  async giveBack(rate: Rate): Promise<void> {
    const shared = await this.#ask(this.#countOf(rate), () =>
      this.#counter.reward(keyOf(rate), 1, seconds(rate)),
    );
    if (shared === undefined) await this.#counts.subtract(rate, this.#gateways);
    else this.#counts.learn(rate, usesOf(shared));
  }

  async occupy(place: Place): Promise<boolean> {
    const local = this.#places.occupy(place);
    if (local !== 'taken') return local === 'held';
    const { occupant, limit } = place;
    const answer = await this.#ask(this.#setOf(place), (set) =>
      this.#occupyScript(set, occupant, limit, PLACE_LIFETIME_MS),
    );
    const isTaken = answer === undefined ? this.#isWithinShare(place) : answer === 1;
    if (!isTaken) this.#places.vacate(place);
    return isTaken;
  }

  async vacate(place: Place): Promise<void> {
    if (!this.#places.vacate(place)) return;
    await this.#ask(this.#setOf(place), (set) => this.#client.zrem(set, place.occupant));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#ask(this.#gatewaySet, (set) => this.#client.zrem(set, this.#name));
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#counts.close();
    this.#client.disconnect();
  }

  /** Without Redis a gateway gives out its share of the places, at least one. */
  #isWithinShare(place: Place): boolean {
    return this.#places.count(place) <= Math.max(1, Math.floor(place.limit / this.#gateways));
  }

  /** Counts this gateway among those that share the Redis. */
  async #join(): Promise<void> {
    await this.#ask(this.#gatewaySet, (set) => this.#occupyScript(set, this.#name, 0, PLACE_LIFETIME_MS));
    const count = await this.#ask(this.#gatewaySet, (set) => this.#client.zcard(set));
    this.#gateways = Math.max(1, count ?? this.#gateways);
  }

  /** Extends the places of this gateway, and enters those that were taken while Redis was away. */
  #renew(): void {
    void this.#join();
    for (const place of this.#places.all())
      void this.#ask(this.#setOf(place), (set) =>
        this.#occupyScript(set, place.occupant, 0, PLACE_LIFETIME_MS),
      );
  }

  get #occupyScript(): OccupyScript {
    // ioredis adds a method to the client for each of its `scripts`, which its types do not declare.
    const client = this.#client as unknown as { placeOccupy: OccupyScript };
    return (...args) => client.placeOccupy(...args);
  }

  #setOf({ name, key }: Place): string {
    return `${this.#prefix}:${name}:${key}`;
  }

  /** The key that the library counts a use under. */
  #countOf(rate: Rate): string {
    return this.#counter.getKey(keyOf(rate));
  }

  get #gatewaySet(): string {
    return `${this.#prefix}:gateways`;
  }

  /** @returns undefined when Redis is away, or the node of a cluster that has the key */
  async #ask<Answer>(key: string, question: (key: string) => Promise<Answer>): Promise<Answer | undefined> {
    const node = this.#connector.nodeOf(this.#client, key);
    if (this.#isClosed || this.#clock.now() < (this.#awayUntilMs.get(node) ?? 0)) return undefined;
    try {
      const answer = await question(key);
      if (this.#awayUntilMs.size > 0) this.#find(node);
      return answer;
    } catch (error) {
      this.#lose(node, error);
      return undefined;
    }
  }

  #find(node: string): void {
    const away = this.#awayUntilMs;
    away.delete(node);
    away.delete(this.#connector.server); // a cluster that was away as a whole
    // A node of which no keys were asked for is not waited for: another one may have taken its place.
    for (const [name, untilMs] of away) if (this.#clock.now() > untilMs + FORGET_MS) away.delete(name);
    if (away.size === 0) this.#onState({ kind: 'back' });
  }

  #lose(node: string, error: unknown): void {
    if (this.#isClosed) return;
    if (this.#awayUntilMs.size === 0) this.#onState({ kind: 'away', error: explainRedis(error, node) });
    this.#awayUntilMs.set(node, this.#clock.now() + AWAY_MS);
  }
}

/** What the other gateways may have allowed between the last answer of Redis and its loss. */
const reserveOf = (limit: number, gateways: number): number => (gateways > 1 ? Math.floor(limit / 20) : 0);
const allowed = ({ count }: Uses): Taken => ({ isAllowed: true, count, retryAfterMs: 0 });
const refusal = ({ count, remainingMs }: Uses): Taken => ({
  isAllowed: false,
  count,
  retryAfterMs: Math.max(1, remainingMs),
});
const keyOf = ({ name, key }: Rate): string => `${name}:${key}`;
const seconds = ({ windowSeconds }: Rate) => ({ customDuration: windowSeconds });
const usesOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes): Uses => ({
  count: consumedPoints,
  remainingMs: msBeforeNext,
});
