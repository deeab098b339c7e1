/** The contract suite of rate limiters: call it once for each adapter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Place, Rate, RateLimiter } from '../../rate-limits/rate-limiter.ts';

/** A rate limiter under test. */
export interface RateLimiterFixture {
  limiter: RateLimiter;
  /** Lets time pass for the windows. */
  passTime(byMs: number): Promise<void>;
  /** Closes it. */
  dispose(): Promise<void>;
}

const rate = (more: Partial<Rate> = {}): Rate => ({
  name: 'visitor-messages',
  key: 'ann',
  limit: 3,
  windowSeconds: 60,
  ...more,
});
const place = (occupant: string, more: Partial<Place> = {}): Place => ({
  name: 'visitor-runs',
  key: 'ann',
  occupant,
  limit: 2,
  ...more,
});

/** Runs the suite. @param open opens an empty limiter for each test */
export function describeRateLimiter(
  name: string,
  open: () => RateLimiterFixture | Promise<RateLimiterFixture>,
): void {
  describe(`a rate limiter: ${name}`, () => {
    let harness: RateLimiterFixture;
    const takeAll = async (count: number, of = rate()) => {
      const taken = await Promise.all(Array.from({ length: count }, () => harness.limiter.take(of)));
      return taken.filter(({ isAllowed }) => isAllowed).length;
    };
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.dispose());

    describe('its uses', () => {
      it('are allowed up to the limit, also when they come at once', async () => {
        expect(await takeAll(50)).toBe(3);
      });

      it('are refused with the time until the window ends', async () => {
        await takeAll(3);
        const { isAllowed, retryAfterMs } = await harness.limiter.take(rate());
        expect(isAllowed).toBe(false);
        expect(retryAfterMs).toBeGreaterThan(50_000);
        expect(retryAfterMs).toBeLessThanOrEqual(60_000);
      });

      it('are allowed again in the next window, and refused ones do not extend it', async () => {
        await takeAll(9);
        await harness.passTime(60_000);
        expect(await takeAll(9)).toBe(3);
      });

      it('of one key and one limit do not count for another', async () => {
        await takeAll(9);
        expect(await takeAll(9, rate({ key: 'ann2' }))).toBe(3);
        expect(await takeAll(9, rate({ name: 'site-messages' }))).toBe(3);
      });

      it('can be given back, but not below zero, and not in a window that has ended', async () => {
        await takeAll(2);
        for (let times = 0; times < 5; times += 1) await harness.limiter.giveBack(rate());
        expect(await takeAll(9)).toBe(3);
        await harness.passTime(60_000);
        await harness.limiter.giveBack(rate());
        expect(await takeAll(9)).toBe(3);
      });

      it('have a key of any text', async () => {
        const keys = ['', 'a b', 'a:b', '2001:db8::/64', '{x}', '__proto__', 'ü'.repeat(200)];
        for (const key of keys) expect(await takeAll(5, rate({ key }))).toBe(3);
      });
    });

    describe('its places', () => {
      it('are as many as the limit, also when they are taken at once', async () => {
        const names = Array.from({ length: 20 }, (_, number) => `c_${number}`);
        const taken = await Promise.all(names.map((one) => harness.limiter.occupy(place(one))));
        expect(taken.filter(Boolean)).toHaveLength(2);
      });

      it('are one for an occupant that takes its place again, until its last hold ends', async () => {
        const { limiter } = harness;
        for (const one of ['a', 'a', 'b', 'a']) expect(await limiter.occupy(place(one))).toBe(true);
        await limiter.vacate(place('a'));
        await limiter.vacate(place('a'));
        expect(await limiter.occupy(place('c'))).toBe(false);
        await limiter.vacate(place('a'));
        expect(await limiter.occupy(place('c'))).toBe(true);
      });

      it('that nobody holds can be given up without an effect', async () => {
        const { limiter } = harness;
        await limiter.occupy(place('a'));
        await limiter.vacate(place('b'));
        await limiter.occupy(place('b'));
        expect(await limiter.occupy(place('c'))).toBe(false);
      });

      it('of one key do not count for another', async () => {
        for (const key of ['ann', 'ben']) {
          expect(await harness.limiter.occupy(place('a', { key }))).toBe(true);
          expect(await harness.limiter.occupy(place('b', { key }))).toBe(true);
        }
        expect(await harness.limiter.occupy(place('c'))).toBe(false);
      });
    });

    it('can be closed twice', async () => {
      await harness.limiter.close();
      await harness.limiter.close();
    });
  });
}
