import { expect, it, vi } from 'vitest';
import { describeRateLimiter } from '../testing/contracts/rate-limiter-contract.ts';
import { createLocalCounts } from './local-counts.ts';
import { createMemoryRateLimiter } from './memory.ts';

describeRateLimiter('memory', () => {
  vi.useFakeTimers(); // the library has no clock of ours
  const limiter = createMemoryRateLimiter();
  return {
    limiter,
    passTime: async (byMs) => {
      await vi.advanceTimersByTimeAsync(byMs);
    },
    dispose: async () => {
      await limiter.close();
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    },
  };
});

it('strangers cannot make it grow: beyond its keys, the oldest window is forgotten', async () => {
  vi.useFakeTimers();
  const counts = createLocalCounts(100);
  const rate = (key: string) =>
    ({ name: 'address-new-visitors', key, limit: 1, windowSeconds: 600 }) as const;
  for (let n = 0; n < 1_000; n += 1) await counts.add(rate(`2001:db8:0:${n}::/64`));
  expect(vi.getTimerCount()).toBe(100);
  expect(await counts.read(rate('2001:db8:0:899::/64'))).toBeUndefined();
  expect(await counts.read(rate('2001:db8:0:999::/64'))).toMatchObject({ count: 1 });
  counts.close();
  vi.useRealTimers();
});
