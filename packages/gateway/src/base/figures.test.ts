/** The figures of a process: sums by minute, what is written once more, and the error of the histogram. */
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { bucketOf, createFigures, MINUTE_MS, rangeOfBucket } from './figures.ts';

describe('the figures of a process', () => {
  it('are complete sums of a minute, given again until they are confirmed and nothing came meanwhile', () => {
    const figures = createFigures(createFakeClock());
    figures.count('shop', 'runs:stop');
    const [first] = figures.changed();
    figures.count('shop', 'runs:stop');
    figures.confirm([first!]);
    expect(figures.changed()).toMatchObject([{ siteId: 'shop', name: 'runs:stop', value: 2 }]);
    figures.confirm(figures.changed());
    expect(figures.changed()).toEqual([]);
    figures.count('shop', 'runs:stop');
    expect(figures.changed()).toMatchObject([{ value: 3 }]);
  });

  it('keep an hour while the store is away, and no more', () => {
    const clock = createFakeClock();
    const figures = createFigures(clock);
    for (let minute = 0; minute < 90; minute += 1) {
      figures.count('shop', 'runs:stop');
      clock.advance(MINUTE_MS);
    }
    expect(figures.changed()).toHaveLength(60);
  });

  it('sum up for how long connections were open', () => {
    const clock = createFakeClock();
    const figures = createFigures(clock);
    figures.change('shop', 'connections', 1);
    figures.change('shop', 'connections', 1);
    clock.advance(1_000);
    figures.change('shop', 'connections', -1);
    clock.advance(500);
    const sum = figures.changed().reduce((total, { value }) => total + value, 0);
    expect([figures.live('connections'), sum]).toEqual([{ shop: 1 }, 2_500]);
  });

  it('have buckets that hold their time and are 19 % wide', () => {
    for (const milliseconds of [0.02, 0.1, 0.11, 1, 7.3, 250, 8_000, 350_000]) {
      const { fromMs, toMs } = rangeOfBucket(bucketOf(milliseconds));
      expect(milliseconds).toBeGreaterThan(fromMs);
      expect(milliseconds).toBeLessThanOrEqual(toMs);
      if (fromMs > 0) expect(toMs / fromMs).toBeCloseTo(2 ** 0.25);
    }
    expect(rangeOfBucket(bucketOf(1e9)).toMs).toBe(Infinity);
    expect(bucketOf(0)).toBe(0);
  });
});
