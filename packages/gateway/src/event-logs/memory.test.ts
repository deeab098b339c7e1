import { mintConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { describeEventLog } from '../testing/contracts/event-log-contract.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { range, startReading, titled, titles, iteration } from '../testing/log-reader.ts';
import type { EventLog } from './event-log.ts';
import { createMemoryEventLog } from './memory.ts';

describeEventLog('memory', () => {
  const clock = createFakeClock();
  const eventLog = createMemoryEventLog({ clock, window: { maxEvents: 32 } });
  const passTime = (byMs: number) => {
    clock.advance(byMs);
    return Promise.resolve();
  };
  return { eventLog, windowEvents: 32, passTime, dispose: () => eventLog.close() };
});

describe('the memory event log', () => {
  const id = mintConversationId(randomBytes);
  const LONG_IDLE_MS = 60 * 60_000;
  let clock: FakeClock;
  let log: EventLog;
  beforeEach(() => {
    clock = createFakeClock();
    log = createMemoryEventLog({ clock });
  });

  it('gives the deltas of one event-loop iteration in one batch, one array for all readers', async () => {
    const { head: after } = await log.read(id);
    const readers = [startReading(log, { id, after }), startReading(log, { id, after })];
    for (const title of titles(5)) void log.append(id, [title]);
    await iteration();
    await iteration();
    const [one, other] = readers.map(({ reads }) =>
      reads.map((read) => read.kind === 'events' && read.events),
    );
    expect(one).toMatchObject([{ length: 5 }]);
    expect(one?.[0]).toBe(other?.[0]);
  });

  it('tells when a live event came into the log, of one event in 32, and not for a replay', async () => {
    const { head: after } = await log.read(id);
    await log.append(id, titles(64));
    const reader = startReading(log, { id, after });
    await reader.until(() => reader.events.length === 64);
    for (const title of titles(64)) await log.append(id, [title]);
    await reader.until(() => reader.events.length === 128);
    const times = reader.reads.flatMap((read) => (read.kind === 'events' ? [read.loggedAtMs] : []));
    expect(times).toHaveLength(65);
    expect(times.flatMap((atMs, read) => (atMs === undefined ? [] : [read]))).toEqual([32, 64]);
    reader.abort();
  });

  it('appends within the call: an append that is not awaited is kept', async () => {
    void log.append(id, titles(2));
    const reading = log.read(id);
    void log.append(id, [titled(3)]);
    expect((await reading).head.seq).toBe(2);
  });

  it('serves a reader that is behind before `subscribe` returns, and one at the head within a promise callback', async () => {
    const { head: after } = await log.read(id);
    await log.append(id, titles(3));
    const reader = startReading(log, { id, after });
    expect(reader.reads).toHaveLength(1);
    void log.append(id, [titled(4)]);
    await Promise.resolve();
    expect(reader.events).toHaveLength(4);
    reader.abort();
  });

  it('serves at most 500 readers in one event-loop iteration, and then the others', async () => {
    const { head: after } = await log.read(id);
    let served = 0;
    const handle = () => {
      served += 1;
      return undefined;
    };
    const readers = range(1, 1_200).map(() => startReading(log, { id, after, handle }));
    await log.append(id, [titled(1)]);
    const turns = await servedPerIteration(() => served, readers.length);
    expect(Math.max(...turns)).toBe(500);
    expect(served).toBe(1_200);
  });

  it('stops after 4 ms of work in one event-loop iteration, including the work of the readers', async () => {
    const { head: after } = await log.read(id);
    let served = 0;
    const handle = () => {
      served += 1;
      clock.advance(0.1);
      return undefined;
    };
    const readers = range(1, 200).map(() => startReading(log, { id, after, handle }));
    await log.append(id, [titled(1)]);
    const turns = await servedPerIteration(() => served, readers.length);
    expect(Math.max(...turns)).toBe(50); // two batches of 25 are 5 ms
  });

  it('drops the log of a conversation that was not used for long, and starts a new epoch at its next use', async () => {
    const before = await log.append(id, titles(2));
    clock.advance(LONG_IDLE_MS);
    expect(clock.pending).toBe(0);
    const reader = startReading(log, { id, after: before });
    await reader.until(() => reader.reads.length > 0);
    expect(reader.resets).toMatchObject([{ why: 'epoch-changed', position: { seq: 0 } }]);
    expect(reader.resets[0]?.position.epoch).not.toBe(before.epoch);
    reader.abort();
  });

  it('does not drop a log that has a waiting reader or a lease', async () => {
    const other = mintConversationId(randomBytes);
    const watched = await log.append(id, titles(2));
    const held = await log.append(other, titles(2));
    const reader = startReading(log, { id, after: watched });
    const lease = await log.acquireLease(other, 2 * LONG_IDLE_MS);
    clock.advance(LONG_IDLE_MS);
    expect((await log.read(id)).head).toEqual(watched);
    expect(await log.append(other, [titled(3)], lease && { lease })).toEqual({ ...held, seq: 3 });
    reader.abort();
  });

  it('a lease of a dropped log is stale, also after another lease was given', async () => {
    const lease = await log.acquireLease(id, 1_000);
    clock.advance(LONG_IDLE_MS);
    expect(await lease?.renew(1_000)).toBe(false);
    const next = await log.acquireLease(id, 1_000);
    expect(next?.fence).toBeGreaterThan(lease?.fence ?? Infinity);
    await expect(log.append(id, [titled(1)], lease && { lease })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('sets no timer before the first conversation, and none after it was closed', async () => {
    expect(clock.pending).toBe(0);
    await log.append(id, titles(1));
    expect(clock.pending).toBe(1);
    await log.close();
    expect(clock.pending).toBe(0);
  });
});

/** How many readers were served in each event-loop iteration, until all were. */
async function servedPerIteration(served: () => number, all: number): Promise<number[]> {
  const turns = [];
  for (let before = served(); before < all; before = served()) {
    await iteration();
    turns.push(served() - before);
  }
  return turns;
}
