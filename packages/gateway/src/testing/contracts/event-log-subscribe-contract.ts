/** The part of the event log's contract about subscriptions: a replay, then live events, without a gap or a repeat. */
import { mintConversationId, type ConversationId, type Position } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { EventLog, LogRead } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/index.ts';
import { createGate, range, startReading, titled, titles, iteration, type LogReader } from '../log-reader.ts';

/** More than twice the 500 subscribers that one iteration of the event loop may serve. */
const MANY = 1_200;
const seqsOf = (reader: LogReader) => reader.events.map(({ seq }) => seq);
const newId = (): ConversationId => mintConversationId(randomBytes);

/** Adds the tests of `subscribe`. Called by `describeEventLog`. @param fixture that of the current test */
export function describeSubscribing(fixture: () => { eventLog: EventLog; windowEvents: number }): void {
  const log = () => fixture().eventLog;
  const start = async (): Promise<{ id: ConversationId; start: Position }> => {
    const id = newId();
    return { id, start: (await log().read(id)).head };
  };
  const stop = async (...readers: LogReader[]) => {
    for (const reader of readers) reader.abort();
    await Promise.all(readers.map(({ ended }) => ended));
  };

  it('a subscriber gets the kept events after its cursor, then the new ones, without a gap or a repeat (6)', async () => {
    const { id, start: first } = await start();
    await log().append(id, titles(5));
    const reader = startReading(log(), { id, after: { ...first, seq: 2 } });
    await reader.until(() => reader.events.length === 3);
    await log().append(id, [titled(6), titled(7)]);
    await reader.until(() => reader.events.length === 5);
    expect(seqsOf(reader)).toEqual(range(3, 7));
    expect(reader.events).toMatchObject(range(3, 7).map(titled));
    await stop(reader);
  });

  it('an event that is appended right after subscribing is delivered once', async () => {
    const { id, start: after } = await start();
    const reader = startReading(log(), { id, after });
    const appended = log().append(id, [titled(1)]);
    const late = startReading(log(), { id, after });
    await appended;
    await Promise.all([reader, late].map((each) => each.until(() => each.events.length > 0)));
    await log().append(id, [titled(2)]);
    await Promise.all([reader, late].map((each) => each.until(() => each.events.length > 1)));
    expect([seqsOf(reader), seqsOf(late)]).toEqual([range(1, 2), range(1, 2)]);
    await stop(reader, late);
  });

  it('events that are appended during the replay are delivered after it', async () => {
    const { id, start: after } = await start();
    await log().append(id, titles(3));
    let appended = 3;
    const handle = async () => {
      if (appended < 8) await log().append(id, [titled((appended += 1))]);
    };
    const reader = startReading(log(), { id, after, handle });
    await reader.until(() => reader.events.length === 8);
    expect(seqsOf(reader)).toEqual(range(1, 8));
    await stop(reader);
  });

  it('subscribers that join at any moment of a reply get every event after their cursor, in order (5)', async () => {
    const { id, start: first } = await start();
    const count = Math.min(fixture().windowEvents, 30);
    const appends: Promise<Position>[] = [];
    const readers: { from: number; reader: LogReader }[] = [];
    for (const seq of range(1, count)) {
      appends.push(log().append(id, [titled(seq)]));
      const from = Math.floor(seq / 2);
      await appends[from - 1]; // a cursor names an event that was delivered
      readers.push({ from, reader: startReading(log(), { id, after: { ...first, seq: from } }) });
      if (seq % 3 === 0) await iteration();
    }
    await Promise.all(readers.map(({ reader }) => reader.until(() => reader.events.at(-1)?.seq === count)));
    for (const { from, reader } of readers) expect(seqsOf(reader)).toEqual(range(from + 1, count));
    await stop(...readers.map(({ reader }) => reader));
  });

  it('events that are appended while a reader is busy are delivered in one batch', async () => {
    const { id, start: after } = await start();
    await log().append(id, [titled(1)]);
    const gate = createGate();
    const reader = startReading(log(), { id, after, handle: gate.pause });
    await reader.until(() => reader.reads.length === 1);
    for (const seq of [2, 3, 4]) await log().append(id, [titled(seq)]);
    gate.open();
    await reader.until(() => reader.events.length === 4);
    expect(reader.reads).toHaveLength(2);
    await stop(reader);
  });

  it('a subscriber whose cursor is the head of a read waits, and gets the next event only', async () => {
    const { id } = await start();
    await log().append(id, titles(2));
    const { head } = await log().read(id);
    const reader = startReading(log(), { id, after: head });
    await iteration();
    expect(reader.reads).toEqual([]);
    await log().append(id, [titled(3)]);
    await reader.until(() => reader.events.length > 0);
    expect(seqsOf(reader)).toEqual([3]);
    await stop(reader);
  });

  it.each([
    ['of another epoch', 'epoch-changed', { epoch: 'another', seq: 1 }],
    ['of another epoch, at its start', 'epoch-changed', { epoch: 'another', seq: 0 }],
    ['beyond the head', 'ahead', { seq: 4 }],
  ] as const)(
    'a cursor %s gets a reset, and live events continue after its position (6)',
    async (_what, why, cursor) => {
      const { id, start: first } = await start();
      const position = await log().append(id, titles(3));
      const reader = startReading(log(), { id, after: { ...first, ...cursor } });
      await reader.until(() => reader.reads.length > 0);
      expect(reader.reads).toEqual([{ kind: 'reset', why, position }]);
      await log().append(id, [titled(4)]);
      await reader.until(() => reader.events.length > 0);
      expect(seqsOf(reader)).toEqual([4]);
      await stop(reader);
    },
  );

  it('a cursor before the kept window gets a reset, and the kept events end at the head (6)', async () => {
    const { id, start: after } = await start();
    const total = fixture().windowEvents * 3;
    for (const seq of range(1, total)) await log().append(id, [titled(seq)]);
    const reader = startReading(log(), { id, after });
    await reader.until(() => reader.reads.length > 0);
    const { head, events } = await log().read(id);
    expect(reader.reads).toEqual([
      { kind: 'reset', why: 'gap-not-kept', position: { ...after, seq: total } },
    ]);
    expect(head.seq).toBe(total);
    expect(events.map(({ seq }) => seq)).toEqual(range(total - events.length + 1, total));
    expect(events.length).toBeGreaterThanOrEqual(fixture().windowEvents);
    await stop(reader);
  });

  it('a live subscriber that falls behind the kept window gets a reset for slowness, then the next events', async () => {
    const { id, start: after } = await start();
    const gate = createGate();
    const reader = startReading(log(), { id, after, handle: gate.pause });
    await log().append(id, [titled(1)]);
    await reader.until(() => reader.reads.length === 1);
    const total = fixture().windowEvents * 3;
    for (const seq of range(2, total)) await log().append(id, [titled(seq)]);
    gate.open();
    await reader.until(() => reader.reads.length === 2);
    await log().append(id, [titled(total + 1)]);
    await reader.until(() => reader.reads.length === 3);
    expect(reader.resets).toEqual([{ kind: 'reset', why: 'slow', position: { ...after, seq: total } }]);
    expect(seqsOf(reader)).toEqual([1, total + 1]);
    await stop(reader);
  });

  it('a subscription with an aborted signal delivers nothing', async () => {
    const { id, start: after } = await start();
    await log().append(id, titles(2));
    const read: LogRead[] = [];
    const handle = (each: LogRead) => void read.push(each);
    await log().subscribe(id, { after, signal: AbortSignal.abort(), handle });
    expect(read).toEqual([]);
  });

  it('an abort at any moment ends the iteration without an error, and the delivered events have no gap', async () => {
    const { id, start: after } = await start();
    await log().append(id, titles(2));
    for (const iterations of range(0, 8)) {
      const handle = iterations % 2 === 0 ? iteration : undefined;
      const reader = startReading(log(), { id, after, handle });
      const appended = log().append(id, [titled(0)]);
      for (const _each of range(1, iterations)) await iteration();
      reader.abort();
      await reader.ended;
      expect(seqsOf(reader)).toEqual(range(1, reader.events.length));
      const count = reader.reads.length;
      await appended;
      await log()
        .append(id, [titled(0)])
        .then(iteration);
      expect(reader.reads).toHaveLength(count);
    }
  });

  it('an abort ends the subscription, before or after an append of the same event-loop iteration', async () => {
    const { id, start: after } = await start();
    const readers = [startReading(log(), { id, after }), startReading(log(), { id, after })];
    await iteration();
    readers[0]?.abort();
    const appended = log().append(id, [titled(1)]);
    readers[1]?.abort();
    await appended;
    await stop(...readers);
    expect(readers[0]?.reads).toEqual([]);
  });

  it('what the handler throws, or rejects with, ends the subscription', async () => {
    const { id, start: after } = await start();
    await log().append(id, titles(1));
    const { signal } = new AbortController();
    const thrown = new Error('thrown');
    const throwing = () => {
      throw thrown;
    };
    await expect(log().subscribe(id, { after, signal, handle: throwing })).rejects.toBe(thrown);
    const rejecting = () => Promise.reject(thrown);
    await expect(log().subscribe(id, { after, signal, handle: rejecting })).rejects.toBe(thrown);
  });

  it('a handler may append to the conversation that it reads', async () => {
    const { id, start: after } = await start();
    const handle = () => {
      if (reader.events.length < 4) void log().append(id, [titled(reader.events.length + 1)]);
      return undefined;
    };
    const reader: LogReader = startReading(log(), { id, after, handle });
    await log().append(id, [titled(1)]);
    await reader.until(() => reader.events.length === 4);
    expect(reader.events).toMatchObject(titles(4));
    await stop(reader);
  });

  it('many subscribers of one conversation all get every event in order, also when others leave', async () => {
    const { id, start: after } = await start();
    const readers = range(1, MANY).map(() => startReading(log(), { id, after }));
    await iteration();
    await log().append(id, [titled(1)]);
    const [leavers, stayers] = [readers.slice(0, 100), readers.slice(100)];
    await stop(...leavers);
    await log().append(id, [titled(2)]);
    await Promise.all(stayers.map((reader) => reader.until(() => reader.events.length === 2)));
    for (const reader of stayers) expect(seqsOf(reader)).toEqual([1, 2]);
    await stop(...stayers);
  });
}
