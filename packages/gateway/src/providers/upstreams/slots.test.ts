import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createSlots } from './slots.ts';

const who = (siteId: string, visitorId = 'v') => ({ siteId, visitorId });
const never = new AbortController().signal;
function start(limits: Partial<Parameters<typeof createSlots>[1]> = {}) {
  const clock = createFakeClock();
  return { clock, slots: createSlots(clock, { maxRequests: 1, maxWaiting: 2, maxWaitMs: 9_000, ...limits }) };
}

describe('the slots of an upstream', () => {
  it('are as many as it answers at once, and are handed to the one who waits', async () => {
    const { slots } = start();
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    const waiting = slots.wait(who('a'), never);
    slots.release();
    expect([await waiting, slots.active, slots.tryTake()]).toEqual([true, 1, false]);
    slots.release();
    expect([slots.active, slots.hasFree()]).toEqual([0, true]);
  });

  it('are waited for no longer than the limit, and the visitor is told when to try again', async () => {
    const { clock, slots } = start();
    slots.tryTake();
    const waiting = slots.wait(who('a'), never);
    clock.advance(9_000);
    await expect(waiting).rejects.toMatchObject({ code: 'upstream-overloaded', retryAfterMs: 5_000 });
    expect([slots.waiting, clock.pending]).toEqual([0, 0]);
  });

  it('are waited for by no more than the limit, and a crowd gives way to a newcomer of another site', async () => {
    const { slots } = start();
    slots.tryTake();
    const [first, second] = [slots.wait(who('a'), never), slots.wait(who('a'), never)];
    await expect(slots.wait(who('a'), never)).rejects.toMatchObject({ code: 'upstream-overloaded' });
    const newcomer = slots.wait(who('b'), never);
    await expect(second).rejects.toMatchObject({ code: 'upstream-overloaded' });
    slots.release();
    slots.release();
    expect([await first, await newcomer]).toEqual([true, true]);
  });

  it('are not waited for any more once the signal aborts, at once and without a timer', async () => {
    const { clock, slots } = start();
    slots.tryTake();
    const stop = new AbortController();
    const waiting = slots.wait(who('a'), stop.signal);
    stop.abort();
    expect([await waiting, await slots.wait(who('a'), stop.signal)]).toEqual([false, false]);
    expect([slots.waiting, clock.pending]).toEqual([0, 0]);
  });
});
