/** The uses that this process has counted, on rate-limiter-flexible, with a bound for the keys that strangers can make. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { CountedLimit } from '../base/index.ts';
import type { Rate } from './rate-limiter.ts';

/**
 * The keys of one limit, 5 MB at most. With more, the oldest window is forgotten: it is the next to end, and the ceilings of the
 * site and the gateway, which have few keys, hold in any case.
 */
const MAX_KEYS = 20_000;

/** The uses of a key within its window. */
export interface Uses {
  count: number;
  /** Milliseconds until the window ends. */
  remainingMs: number;
}

/** Counts in memory. Each method has its effect before it returns; the promises are those of the library. */
export interface LocalCounts {
  /** Adds a use. @param weight what it counts for; default 1 @returns the uses with this one */
  add(rate: Rate, weight?: number): Promise<Uses>;
  /** Takes a use back, unless the window has ended. @param weight as it was added */
  subtract(rate: Rate, weight?: number): Promise<void>;
  /** @returns undefined when no window is open */
  read(rate: Rate): Promise<Uses | undefined>;
  /** Replaces what is known of a key by what another place has counted. */
  learn(rate: Rate, uses: Uses): void;
  /** Ends all timers. */
  close(): void;
}

interface Counter {
  limiter: RateLimiterMemory;
  /** In the order in which their windows began. */
  keys: Set<string>;
}

/** Creates empty counts. @param maxKeys the keys that one limit may have */
export function createLocalCounts(maxKeys = MAX_KEYS): LocalCounts {
  const counters = new Map<CountedLimit, Counter>();
  const counterOf = (name: CountedLimit): Counter => {
    const known = counters.get(name);
    if (known !== undefined) return known;
    // The limit of a use comes with it, as sites differ, so the points of the library decide nothing.
    const counter = { limiter: new RateLimiterMemory({ points: 1, duration: 1 }), keys: new Set<string>() };
    counters.set(name, counter);
    return counter;
  };
  const remember = ({ limiter, keys }: Counter, key: string) => {
    keys.delete(key);
    keys.add(key);
    if (keys.size <= maxKeys) return;
    const [oldest = key] = keys;
    keys.delete(oldest);
    void limiter.delete(oldest);
  };
  return {
    async add({ name, key, windowSeconds }, weight = 1) {
      const counter = counterOf(name);
      const added = counter.limiter.penalty(key, weight, { customDuration: windowSeconds });
      if (!counter.keys.has(key)) remember(counter, key);
      const { consumedPoints, msBeforeNext, isFirstInDuration } = await added;
      if (isFirstInDuration) remember(counter, key);
      return { count: consumedPoints, remainingMs: msBeforeNext };
    },
    async subtract({ name, key }, weight = 1) {
      const { limiter } = counterOf(name);
      const uses = await limiter.get(key);
      if (uses === null || uses.msBeforeNext <= 0) return;
      await limiter.reward(key, Math.min(weight, uses.consumedPoints));
    },
    async read({ name, key }) {
      const uses = await counterOf(name).limiter.get(key);
      if (uses === null || uses.msBeforeNext <= 0) return undefined;
      return { count: uses.consumedPoints, remainingMs: uses.msBeforeNext };
    },
    learn({ name, key }, { count, remainingMs }) {
      if (remainingMs <= 0) return;
      const counter = counterOf(name);
      void counter.limiter.set(key, count, remainingMs / 1_000);
      remember(counter, key);
    },
    close() {
      for (const { limiter, keys } of counters.values()) for (const key of keys) void limiter.delete(key);
      counters.clear();
    },
  };
}
