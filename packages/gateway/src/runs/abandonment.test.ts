import { mintConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { noticeAbandonment } from './abandonment.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { silentLogger } from '../base/logger.ts';
import { createPresence, type Presence } from '../conversations/presence.ts';
import { randomBytes } from '../base/random.ts';
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
  stop = noticeAbandonment(options, { conversationId: id, afterMs: AFTER_MS }, () => {
    abandoned += 1;
  });
};
const arrive = () => {
  const viewer = new AbortController();
  presence.attend(id, viewer.signal);
  return viewer;
};
/** The log is asked in one turn of the loop and answers in the next. */
const pass = async (ms: number) => {
  clock.advance(ms);
  await iteration();
};

describe('a reply is abandoned', () => {
  it('when nobody ever came, after the whole time since it was accepted', async () => {
    notice();
    await pass(AFTER_MS - 1);
    expect(abandoned).toBe(0);
    await pass(1);
    expect(abandoned).toBe(1);
  });

  it('the whole time after the last viewer left, to the millisecond', async () => {
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

  it('not by who left before it began', async () => {
    arrive().abort();
    await pass(60_000);
    notice();
    await pass(AFTER_MS - 1);
    expect(abandoned).toBe(0);
  });

  it('once, and leaves no timer', async () => {
    notice();
    await pass(10 * AFTER_MS);
    expect([abandoned, clock.pending]).toEqual([1, 0]);
  });
});

describe('a reply is not abandoned', () => {
  it('while somebody watches, however long', async () => {
    arrive();
    notice();
    for (let step = 0; step < 50; step += 1) await pass(AFTER_MS);
    expect(abandoned).toBe(0);
  });

  it('when a viewer comes back in time, and then the whole time counts again', async () => {
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

  it('when it is over: also when the log is being asked', async () => {
    notice();
    clock.advance(AFTER_MS);
    stop();
    await iteration();
    expect([abandoned, clock.pending]).toEqual([0, 0]);
  });

  it('by a log that cannot be asked; it is asked again', async () => {
    const ask = vi.spyOn(eventLog, 'unwatchedForMs').mockRejectedValueOnce(new Error('away'));
    notice();
    await pass(AFTER_MS);
    expect([abandoned, ask.mock.calls.length]).toEqual([0, 1]);
    await pass(AFTER_MS);
    expect(abandoned).toBe(1);
  });
});
