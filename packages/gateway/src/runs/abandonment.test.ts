import { mintConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { watchForAbandonment } from './abandonment.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { DEFAULT_LIMITS, randomBytes, silentLogger } from '../base/index.ts';
import { createPresence, type Presence } from '../conversations/presence.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { iteration } from '../testing/log-reader.ts';

const AFTER_MS = 10_000;
const id = mintConversationId(randomBytes);
let clock: FakeClock;
let eventLog: EventLog;
let presence: Presence;
let abandoned: number;
let stop: () => void;
beforeEach(() => {
  clock = createFakeClock();
  eventLog = createMemoryEventLog({ clock });
  presence = createPresence({ eventLog, clock, limits: DEFAULT_LIMITS, logger: silentLogger });
  abandoned = 0;
});

const notice = () => {
  const options = { presence, clock, logger: silentLogger };
  stop = watchForAbandonment(options, { conversationId: id, afterMs: AFTER_MS }, () => {
    abandoned += 1;
  });
};
const arrive = () => {
  const viewer = new AbortController();
  presence.addViewer(id, viewer.signal);
  return viewer;
};
/** A check starts in one event-loop iteration and gets its answer in the next. */
const pass = async (ms: number) => {
  clock.advance(ms);
  await iteration();
};

describe('the abandonment of a reply', () => {
  it('is reported after the full time when no viewer ever came', async () => {
    notice();
    await pass(AFTER_MS - 1);
    expect(abandoned).toBe(0);
    await pass(1);
    expect(abandoned).toBe(1);
  });

  it('is reported exactly the full time after the last viewer left', async () => {
    const [one, other] = [arrive(), arrive()];
    notice();
    await pass(4_000);
    one.abort();
    await pass(3_000);
    other.abort();
    await pass(AFTER_MS - 7_000);
    await pass(6_999);
    expect(abandoned).toBe(0);
    await pass(1);
    expect(abandoned).toBe(1);
  });

  it('does not count the time without viewers before the watch began', async () => {
    arrive().abort();
    await pass(60_000);
    notice();
    await pass(AFTER_MS - 1);
    expect(abandoned).toBe(0);
  });

  it('is reported once, and no timer is left', async () => {
    notice();
    await pass(10 * AFTER_MS);
    expect([abandoned, clock.pending]).toEqual([1, 0]);
  });
});

describe('a reply is not abandoned', () => {
  it('while it has a viewer, however long', async () => {
    arrive();
    notice();
    for (let step = 0; step < 50; step += 1) await pass(AFTER_MS);
    expect(abandoned).toBe(0);
  });

  it('when a viewer returns in time, and the full time starts again when that viewer leaves', async () => {
    const viewer = arrive();
    notice();
    viewer.abort();
    await pass(AFTER_MS - 1);
    const returned = arrive();
    await pass(1);
    returned.abort();
    await pass(AFTER_MS - 2);
    expect(abandoned).toBe(0);
    await pass(2);
    expect(abandoned).toBe(1);
  });

  it('after the watch was stopped, even while a check is in progress', async () => {
    notice();
    clock.advance(AFTER_MS);
    stop();
    await iteration();
    expect([abandoned, clock.pending]).toEqual([0, 0]);
  });

  it('when the event log cannot be read; it is checked again later', async () => {
    const ask = vi.spyOn(eventLog, 'unwatchedForMs').mockRejectedValueOnce(new Error('away'));
    notice();
    await pass(AFTER_MS);
    expect([abandoned, ask.mock.calls.length]).toEqual([0, 1]);
    await pass(AFTER_MS);
    expect(abandoned).toBe(1);
  });
});
