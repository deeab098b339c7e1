import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { describeRateLimiter, type RateLimiterFixture } from '../testing/contracts/rate-limiter-contract.ts';
import { startRedisCluster, type RedisCluster } from '../testing/redis-cluster.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { MAX_DECISION_MS, type Rate, type RateLimiter } from './rate-limiter.ts';
import { createRedisRateLimiter } from './redis.ts';

const TIMEOUT_MS = 60_000;
let server: RedisServer;
let cluster: RedisCluster;
beforeAll(async () => {
  [server, cluster] = await Promise.all([startRedis('volatile'), startRedisCluster('volatile')]);
}, TIMEOUT_MS);
afterAll(() => Promise.all([server.dispose(), cluster.dispose()]), TIMEOUT_MS);

let opened = 0;
const open = async (url = server.url, prefix = `test-${(opened += 1)}`) => {
  const states: string[] = [];
  const clock = createFakeClock();
  const limiter = createRedisRateLimiter({ url, prefix, clock, onState: ({ kind }) => states.push(kind) });
  await limiter.start?.();
  return { limiter, prefix, states, clock };
};

/** @param servers those that have the keys: one, or the shards of a cluster */
const openFixture = async (url: string, servers: readonly RedisServer[]): Promise<RateLimiterFixture> => {
  vi.useFakeTimers({ toFake: ['Date'] }); // the windows that a gateway has learnt end by the system clock
  const { limiter, prefix } = await open(url);
  return {
    limiter,
    async passTime(byMs) {
      vi.setSystemTime(Date.now() + byMs);
      for (const each of servers) {
        const keys = (await each.run('KEYS', `${prefix}:*`)) as string[]; // what KEYS answers
        for (const key of keys) await each.run('DEL', key);
      }
    },
    async dispose() {
      vi.useRealTimers();
      await limiter.close();
    },
  };
};

describeRateLimiter('redis', () => openFixture(server.url, [server]));
describeRateLimiter('redis cluster', () => openFixture(cluster.url, cluster.shards));

const rate: Rate = { name: 'visitor-messages', key: 'ann', limit: 10, windowSeconds: 60 };
const takeAll = async (limiter: RateLimiter, count: number) => {
  const taken = await Promise.all(Array.from({ length: count }, () => limiter.take(rate)));
  return taken.filter(({ isAllowed }) => isAllowed).length;
};
const place = (occupant: string) => ({ name: 'visitor-runs', key: 'ann', occupant, limit: 2 }) as const;

describe('two gateways on one Redis', () => {
  it('share the uses and the places of a key', async () => {
    const [one, two] = [await open(server.url, 'shared'), await open(server.url, 'shared')];
    const taken = await Promise.all([takeAll(one.limiter, 30), takeAll(two.limiter, 30)]);
    expect(taken[0] + taken[1]).toBe(10);
    expect(await one.limiter.occupy(place('a'))).toBe(true);
    expect(await two.limiter.occupy(place('b'))).toBe(true);
    expect(await one.limiter.occupy(place('c'))).toBe(false);
    await two.limiter.vacate(place('b'));
    expect(await one.limiter.occupy(place('c'))).toBe(true);
    await Promise.all([one.limiter.close(), two.limiter.close()]);
  });

  it('free the places of a gateway that died', async () => {
    const [dead, other] = [await open(server.url, 'dead'), await open(server.url, 'dead')];
    for (const one of ['a', 'b']) await dead.limiter.occupy(place(one));
    await dead.limiter.close();
    expect(await other.limiter.occupy(place('c'))).toBe(false);
    const set = 'dead:limits:visitor-runs:ann';
    for (const one of ['a', 'b']) await server.run('ZINCRBY', set, -15_000, one);
    expect(await other.limiter.occupy(place('c'))).toBe(true);
    await other.limiter.close();
  });

  it('keep the places of a running gateway, also in a Redis that has lost its data', async () => {
    const { limiter, clock } = await open(server.url, 'renewed');
    for (const one of ['a', 'b']) await limiter.occupy(place(one));
    await server.run('DEL', 'renewed:limits:visitor-runs:ann');
    clock.advance(5_000);
    const other = await open(server.url, 'renewed');
    await limiter.take(rate); // the renewals were sent before
    expect(await other.limiter.occupy(place('c'))).toBe(false);
    await Promise.all([limiter.close(), other.limiter.close()]);
  });
});

describe('without Redis', { timeout: TIMEOUT_MS }, () => {
  it('a gateway goes on from what it knew, says so once, and comes back by itself', async () => {
    const own = await startRedis('volatile');
    const { limiter, states, clock } = await open(own.url);
    expect(await takeAll(limiter, 7)).toBe(7);
    await own.kill();
    expect(await takeAll(limiter, 30)).toBe(3);
    for (const one of ['a', 'b', 'c']) await limiter.occupy(place(one));
    expect([await limiter.occupy(place('d')), states]).toEqual([false, ['away']]);
    await own.start();
    await vi.waitUntil(async () => {
      clock.advance(1_000);
      await limiter.take({ ...rate, key: 'ben' });
      return states.length === 2;
    }, TIMEOUT_MS);
    await limiter.close();
    await own.dispose();
  });

  it('two gateways share what is left, so that together they allow the limit', async () => {
    const own = await startRedis('volatile');
    const [one, two] = [await open(own.url, 'away'), await open(own.url, 'away')];
    one.clock.advance(5_000); // now it knows the other one too
    await own.run('PING');
    for (const { limiter } of [one, two, one, two]) await limiter.take(rate);
    await own.kill();
    const taken = [await takeAll(one.limiter, 30), await takeAll(two.limiter, 30)];
    expect((taken[0] ?? 0) + (taken[1] ?? 0)).toBeLessThanOrEqual(7);
    expect(Math.min(...taken)).toBeGreaterThan(0);
    const places = await Promise.all(
      [one, two].flatMap(({ limiter }) => ['a', 'b'].map((name) => limiter.occupy(place(name)))),
    );
    expect(places.filter(Boolean)).toHaveLength(2);
    await Promise.all([one.limiter.close(), two.limiter.close()]);
    await own.dispose();
  });

  it('a gateway starts, and limits', async () => {
    const { limiter, states } = await open('redis://127.0.0.1:1');
    expect([await takeAll(limiter, 30), states]).toEqual([10, ['away']]);
    await limiter.close();
  });

  it('that answers, a gateway waits once for less than half a second, then not at all', async () => {
    const own = await startRedis('volatile');
    const { limiter } = await open(own.url);
    await own.run('CLIENT', 'PAUSE', 60_000, 'ALL');
    const startedAtMs = performance.now();
    expect(await takeAll(limiter, 30)).toBe(10);
    expect(await takeAll(limiter, 30)).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(MAX_DECISION_MS);
    await limiter.close();
    await own.dispose();
  });
});

it(
  'one shard of a cluster that is down leaves the counts of the others shared, and is told once',
  { timeout: TIMEOUT_MS },
  async () => {
    const own = await startRedisCluster('volatile');
    const [one, two] = [await open(own.url, 'shards'), await open(own.url, 'shards')];
    const rateOn = async (index: number): Promise<Rate> => {
      for (let number = 0; ; number += 1) {
        const use = { ...rate, key: `visitor-${number}` };
        if ((await own.shardOf(`shards:limits:${use.name}:${use.key}`)) === own.shards[index]) return use;
      }
    };
    const [lost, kept] = [await rateOn(0), await rateOn(1)];
    await own.shards[0]?.kill();
    for (const { limiter } of [one, two, one]) await limiter.take(lost);
    for (const { limiter } of [one, two, one, two]) await limiter.take(kept);
    expect((await one.limiter.take(kept)).count).toBe(5);
    expect([one.states, two.states]).toEqual([['away'], ['away']]);
    await own.shards[0]?.start();
    await vi.waitUntil(async () => {
      one.clock.advance(1_000);
      await one.limiter.take(lost);
      return one.states.length > 1;
    }, TIMEOUT_MS);
    expect(one.states).toEqual(['away', 'back']);
    await Promise.all([one.limiter.close(), two.limiter.close()]);
    await own.dispose();
  },
);
