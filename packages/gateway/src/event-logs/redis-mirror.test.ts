import { mintConversationId, type LoggedEvent } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes, systemClock, type Clock } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { range, titled } from '../testing/log-reader.ts';
import { DEFAULT_WINDOW } from './kept-window.ts';
import { place } from './memory-log.ts';
import type { KeptAfter } from './redis-commands.ts';
import { RedisMirror } from './redis-mirror.ts';
import { WakeupScheduler } from './wakeup-scheduler.ts';

const id = mintConversationId(randomBytes);
const epoch = 'e1';
const events = (first: number, last: number): LoggedEvent[] =>
  range(first, last).map((seq) => place(titled(seq), id, seq));
const ownEvent = (seq: number) => ({ first: { epoch, seq }, bodies: [titled(seq)] });

/** A mirror whose reads the test answers. */
function createMirror(clock: Clock = systemClock, readHead = () => Promise.resolve({ epoch, seq: 0 })) {
  const asked: { seen: number | undefined; answer: (kept: KeptAfter) => void }[] = [];
  const mirror = new RedisMirror(id, {
    clock,
    limits: DEFAULT_WINDOW,
    wakeupScheduler: new WakeupScheduler(systemClock),
    subscribe: () => Promise.resolve(),
    read: (_, seen) => new Promise((answer) => asked.push({ seen: seen?.seq, answer })),
    readHead,
    verify: () => Promise.resolve(),
    onForeign: () => undefined,
    onError: () => undefined,
  });
  const answer = async (kept: KeptAfter) => {
    while (asked.length === 0) await Promise.resolve();
    const next = asked.shift();
    next?.answer(kept);
    return next?.seen;
  };
  return { mirror, answer };
}

describe('a read of a mirror', () => {
  let mirror: RedisMirror;
  let answer: ReturnType<typeof createMirror>['answer'];
  beforeEach(async () => {
    ({ mirror, answer } = createMirror());
    const first = mirror.read();
    await answer({ head: { epoch, seq: 3 }, events: events(1, 3) });
    await first;
  });

  it('asks only for what is newer, and takes each event once when some have arrived meanwhile', async () => {
    const reading = mirror.read();
    await Promise.resolve();
    await Promise.resolve();
    mirror.receiveOwn(ownEvent(4));
    expect(await answer({ head: { epoch, seq: 5 }, events: events(4, 5) })).toBe(3);
    expect(await reading).toEqual({ head: { epoch, seq: 5 }, events: events(1, 5) });
  });

  it('keeps what has arrived meanwhile when the answer is older', async () => {
    const reading = mirror.read();
    await Promise.resolve();
    await Promise.resolve();
    mirror.receiveOwn(ownEvent(4));
    await answer({ head: { epoch, seq: 3 }, events: [] });
    expect(await reading).toEqual({ head: { epoch, seq: 4 }, events: events(1, 4) });
  });

  it('replaces the copy when Redis has another epoch, or no longer the events that follow', async () => {
    const gap = mirror.read();
    await answer({ head: { epoch, seq: 9 }, events: events(7, 9) });
    expect((await gap).events).toEqual(events(7, 9));
    const erased = mirror.read();
    await answer({ head: { epoch: 'e2', seq: 1 }, events: events(1, 1) });
    expect(await erased).toEqual({ head: { epoch: 'e2', seq: 1 }, events: events(1, 1) });
  });
});

describe('a mirror whose last publication was lost', () => {
  const follow = async () => {
    const clock = createFakeClock();
    const heads: number[] = [];
    const { mirror, answer } = createMirror(clock, () => Promise.resolve({ epoch, seq: heads.shift() ?? 0 }));
    mirror.follow();
    const loaded = mirror.load();
    await answer({ head: { epoch, seq: 1 }, events: events(1, 1) });
    await loaded;
    return { clock, heads, mirror, answer };
  };

  it('is found by comparing the position a second after the last one that has come', async () => {
    const { clock, heads, mirror, answer } = await follow();
    clock.advance(10);
    mirror.receive({ epoch, first: 2, last: 2, decode: () => events(2, 2) });
    heads.push(3);
    clock.advance(999);
    await mirror.compare();
    expect(heads).toEqual([3]); // not asked yet
    clock.advance(1);
    const compared = mirror.compare();
    expect(await answer({ head: { epoch, seq: 3 }, events: events(3, 3) })).toBe(2);
    await compared;
    expect(mirror.log?.head.seq).toBe(3);
  });

  it('is found within half a minute when nothing has come before it, and is not asked for more often', async () => {
    const { clock, heads, mirror, answer } = await follow();
    heads.push(1, 2);
    clock.advance(30_000);
    await mirror.compare();
    clock.advance(29_999);
    await mirror.compare();
    expect(heads).toEqual([2]);
    clock.advance(1);
    const compared = mirror.compare();
    await answer({ head: { epoch, seq: 2 }, events: events(2, 2) });
    await compared;
    expect(mirror.log?.head.seq).toBe(2);
  });
});
