import { mintConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { DEFAULT_LIMITS, randomBytes, silentLogger } from '../base/index.ts';
import { createPresence, type Presence } from './presence.ts';
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
  presence.addViewer(id, viewer.signal);
  return viewer;
};

describe('presence', () => {
  it('is written to the log while this gateway has at least one viewer, and no longer', async () => {
    const [one, other] = [arrive(), arrive()];
    one.abort();
    clock.advance(60_000);
    expect(await eventLog.unwatchedForMs(id)).toBe(0);
    other.abort();
    clock.advance(3_000);
    expect(await eventLog.unwatchedForMs(id)).toBe(3_000);
    expect(await presence.unwatchedForMs(id)).toBe(3_000);
  });

  it('is one watch for all viewers of a conversation, and a new one after the last viewer has left', () => {
    const watch = vi.spyOn(eventLog, 'watch');
    const [one, other] = [arrive(), arrive()];
    expect(watch).toHaveBeenCalledTimes(1);
    one.abort();
    other.abort();
    arrive();
    expect(watch).toHaveBeenCalledTimes(2);
  });

  it('of this gateway’s viewers is known without reading the log', async () => {
    const ask = vi.spyOn(eventLog, 'unwatchedForMs');
    arrive();
    expect(await presence.unwatchedForMs(id)).toBe(0);
    expect(ask).not.toHaveBeenCalled();
  });

  it('of a viewer that has left already is not written to the log', () => {
    const watch = vi.spyOn(eventLog, 'watch');
    presence.addViewer(id, AbortSignal.abort());
    expect(watch).not.toHaveBeenCalled();
  });

  it('is written again after a failure, and no timer is left at the end', async () => {
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
