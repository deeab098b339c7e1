import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../testing/fake-clock.ts';
import { createBreaker, type Breaker, type BreakerChange } from './breaker.ts';

let clock: FakeClock;
let changes: BreakerChange[];
let breaker: Breaker;
beforeEach(() => {
  clock = createFakeClock();
  changes = [];
  breaker = createBreaker(clock, (change) => changes.push(change));
});
const failures = (count: number) => {
  for (let left = count; left > 0; left -= 1) breaker.fail('regular');
};

describe('a circuit breaker', () => {
  it('opens when half of at least ten calls of a minute, or five of fewer, have failed', () => {
    for (let left = 6; left > 0; left -= 1) breaker.succeed('regular');
    failures(5);
    expect(breaker.state).toBe('closed');
    failures(1);
    expect(changes).toEqual([{ state: 'open', failures: 6, calls: 12, openMs: 15_000 }]);
    expect([breaker.admit(), breaker.waitMs()]).toEqual([undefined, 15_000]);
  });

  it('stays closed for failures that are rare, or longer ago than a minute', () => {
    failures(4);
    clock.advance(60_000);
    failures(4);
    expect([breaker.state, breaker.admit()]).toEqual(['closed', 'regular']);
  });

  it('lets one run ask again after a while, and closes when that one gets an answer', () => {
    failures(5);
    clock.advance(15_000);
    expect([breaker.admit(), breaker.admit(), breaker.waitMs()]).toEqual(['probe', undefined, 2_000]);
    breaker.succeed('probe');
    expect([breaker.state, breaker.admit()]).toEqual(['closed', 'regular']);
    expect(changes.map(({ state }) => state)).toEqual(['open', 'half-open', 'closed']);
    failures(4);
    expect(breaker.state).toBe('closed');
  });

  it('stays open twice as long after each probe that fails, up to two minutes', () => {
    failures(5);
    for (const expectedMs of [30_000, 60_000, 120_000, 120_000]) {
      clock.advance(breaker.waitMs());
      breaker.fail(breaker.admit() ?? 'regular');
      expect(breaker.waitMs()).toBe(expectedMs);
    }
  });

  it('stays open as long as the upstream says, up to two minutes', () => {
    failures(4);
    breaker.fail('regular', 40_000);
    expect(breaker.waitMs()).toBe(40_000);
    clock.advance(40_000);
    breaker.fail(breaker.admit() ?? 'regular', 3_600_000);
    expect(breaker.waitMs()).toBe(120_000);
  });

  it('lets the next run ask when the one that asked was stopped', () => {
    failures(5);
    clock.advance(15_000);
    breaker.withdraw(breaker.admit() ?? 'regular');
    expect([breaker.admit(), breaker.state]).toEqual(['probe', 'half-open']);
  });

  it('does not close by an answer that had begun before it opened', () => {
    failures(5);
    breaker.succeed('regular');
    expect(breaker.state).toBe('open');
  });
});
