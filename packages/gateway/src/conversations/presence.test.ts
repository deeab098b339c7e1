import { mintConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { silentLogger } from '../base/logger.ts';
import { createPresence, type Presence } from './presence.ts';
import { randomBytes } from '../base/random.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';

const id = mintConversationId(randomBytes);
let clock: FakeClock;
let eventLog: EventLog;
let presence: Presence;
beforeEach(() => {
  clock = createFakeClock();
  eventLog = createMemoryEventLog({ clock });
  presence = createPresence({ eventLog, clock, limits: DEFAULT_LIMITS, logger: silentLogger });
});

const arrive = () => {
  const viewer = new AbortController();
  presence.attend(id, viewer.signal);
  return viewer;
};

describe('presence', () => {
  it('is told to the log for as long as one of the viewers here is there, and no longer', async () => {
    const [one, other] = [arrive(), arrive()];
    one.abort();
    clock.advance(60_000);
    expect(await eventLog.unwatchedForMs(id)).toBe(0);
    other.abort();
    clock.advance(3_000);
    expect(await eventLog.unwatchedForMs(id)).toBe(3_000);
    expect(await presence.unwatchedForMs(id)).toBe(3_000);
  });

  it('is one watch for all viewers of a conversation, and a new one for who comes after the last', () => {
    const watch = vi.spyOn(eventLog, 'watch');
    const [one, other] = [arrive(), arrive()];
    expect(watch).toHaveBeenCalledTimes(1);
    one.abort();
    other.abort();
    arrive();
    expect(watch).toHaveBeenCalledTimes(2);
  });

  it('of this gateway is known without asking the log', async () => {
    const ask = vi.spyOn(eventLog, 'unwatchedForMs');
    arrive();
    expect(await presence.unwatchedForMs(id)).toBe(0);
    expect(ask).not.toHaveBeenCalled();
  });

  it('of a viewer that has left already is not told', () => {
    const watch = vi.spyOn(eventLog, 'watch');
    presence.attend(id, AbortSignal.abort());
    expect(watch).not.toHaveBeenCalled();
  });

  it('that could not be told is told again, and no timer is left at the end', async () => {
    const watch = eventLog.watch(id);
    vi.spyOn(eventLog, 'watch').mockReturnValueOnce(watch);
    vi.spyOn(watch, 'hold').mockRejectedValueOnce(new Error('away'));
    const viewer = arrive();
    expect(await eventLog.unwatchedForMs(id)).toBe(Infinity);
    clock.advance(5_000);
    expect(await eventLog.unwatchedForMs(id)).toBe(0);
    viewer.abort();
    await eventLog.close();
    expect(clock.pending).toBe(0);
  });
});
