import { mintConversationId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { Lease } from '../event-logs/event-log.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { holdLease, instantOf } from './held-lease.ts';

const LEASE_MS = 9_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A lease whose renewals end as the test says, and how often it was renewed. */
function hold(outcome: () => Promise<boolean>) {
  // The timers of a stopped process do not fire: `jump` moves its clock past them.
  let jumpedMs = 0;
  const ticking = createFakeClock();
  const clock: FakeClock = { ...ticking, now: () => ticking.now() + jumpedMs, pending: 0 };
  const counts = { renewals: 0, losses: 0 };
  const lease: Lease = {
    conversationId: mintConversationId(randomBytes),
    fence: 1,
    renew: () => {
      counts.renewals += 1;
      return outcome();
    },
    release: () => Promise.resolve(),
  };
  const held = holdLease(
    { clock, limits: { leaseMs: LEASE_MS } },
    { lease, sentAt: instantOf(clock) },
    () => {
      counts.losses += 1;
    },
  );
  return { held, counts, clock, jump: (byMs: number) => (jumpedMs += byMs) };
}

it('is renewed three times in its duration, and is held as long as that succeeds', async () => {
  const { held, counts, clock } = hold(() => Promise.resolve(true));
  for (let times = 0; times < 6; times += 1) {
    clock.advance(LEASE_MS / 3);
    await settled();
    expect(held.isHeld()).toBe(true);
  }
  expect(counts).toEqual({ renewals: 6, losses: 0 });
  held.stop();
  clock.advance(LEASE_MS);
  expect(counts.renewals).toBe(6);
});

it('is not held any more when the process was stopped for as long as it lasts, before any timer fires (3)', () => {
  const { held, jump } = hold(() => Promise.resolve(true));
  jump(LEASE_MS / 2);
  expect(held.isHeld()).toBe(true);
  jump(LEASE_MS / 2);
  expect(held.isHeld()).toBe(false);
});

it('counts from when a renewal was sent, and not from when it was answered', async () => {
  const answer = Promise.withResolvers<boolean>();
  const { held, clock, jump } = hold(() => answer.promise);
  clock.advance(LEASE_MS / 3);
  jump(LEASE_MS);
  answer.resolve(true);
  await settled();
  expect(held.isHeld()).toBe(false);
});

it('asks the log whether it is still held once it has run out, and only then', async () => {
  const { held, counts, jump } = hold(() => Promise.resolve(true));
  expect(await held.confirm(() => false)).toBe(true);
  expect(counts.renewals).toBe(0);
  jump(LEASE_MS);
  expect(await held.confirm(() => false)).toBe(true);
  expect([counts.renewals, held.isHeld()]).toEqual([1, true]);
});

it.each([
  ['another gateway has it', () => Promise.resolve(false), 1],
  ['the log cannot be asked', () => Promise.reject(new Error('closed')), 0],
])('is not confirmed when %s', async (_when, outcome, losses) => {
  const { held, counts, jump } = hold(outcome);
  jump(LEASE_MS);
  expect(await held.confirm(() => false)).toBe(false);
  expect(counts.losses).toBe(losses);
});

it('asks again while the log is away, as long as that is worth it', async () => {
  let isAway = true;
  const { held, counts, clock, jump } = hold(() =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve(true),
  );
  jump(LEASE_MS);
  const confirmed = held.confirm(() => true);
  for (let times = 0; times < 4; times += 1) {
    await settled();
    clock.advance(500);
  }
  await settled();
  expect(counts.renewals).toBeGreaterThanOrEqual(4);
  isAway = false;
  clock.advance(500);
  expect(await confirmed).toBe(true);
});
