/** The contract suite of `EventLog`, including hostile cases. Every adapter must pass it. */
import {
  ConversationIdSchema,
  PartIdSchema,
  mintConversationId,
  type ConversationId,
} from '@rivulet/protocol';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/index.ts';
import { describeLeases } from './event-log-lease-contract.ts';
import { describeBroadcasts } from './event-log-broadcast-contract.ts';
import { describeReading } from './event-log-reading-contract.ts';
import { describeSubscribing } from './event-log-subscribe-contract.ts';
import { describeWatching } from './event-log-watch-contract.ts';
import { createGate, range, startReading, titled, titles } from '../log-reader.ts';

/** What a test needs from an adapter of `EventLog`. */
export interface EventLogFixture {
  /** The log under test. */
  eventLog: EventLog;
  /** The log must keep at least this many events of a conversation (8 to 64), and fewer than three times as many. */
  windowEvents: number;
  /** Advances the time of leases and watches. */
  passTime(byMs: number): Promise<void>;
  /** Disconnects the listeners of this log; they reconnect by themselves. Absent when listeners have no connection. */
  trimBroadcasts?: () => Promise<void>;
  /** Called after each test, also when the test closed the log. */
  dispose(): Promise<void>;
}

/** Runs the contract suite. @param open creates a fixture with a log for each test; the logs may share one server */
export function describeEventLog(name: string, open: () => EventLogFixture | Promise<EventLogFixture>): void {
  describe(`event log: ${name}`, () => {
    let fixture: EventLogFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    describe('appending', () => {
      describeAppending(() => fixture.eventLog);
    });
    describe('reading', () => {
      describeReading(() => fixture);
    });
    describe('subscribing', () => {
      describeSubscribing(() => fixture);
    });
    describe('leases', () => {
      describeLeases(() => fixture);
    });
    describe('watching', () => {
      describeWatching(() => fixture);
    });
    describe('broadcasting', () => {
      describeBroadcasts(() => fixture);
    });
    describe('erasing and closing', () => {
      describeErasingAndClosing(() => fixture.eventLog);
    });
  });
}

const newId = (): ConversationId => mintConversationId(randomBytes);

function describeAppending(log: () => EventLog): void {
  it('the head of a conversation without events is at 0', async () => {
    const id = newId();
    const { head, events } = await log().read(id);
    expect({ seq: head.seq, events }).toEqual({ seq: 0, events: [] });
    expect(await log().append(id, [titled(1)])).toEqual({ epoch: head.epoch, seq: 1 });
  });

  it('events are numbered from 1 without a gap, and carry the id of their conversation (1)', async () => {
    const id = newId();
    await log().append(id, titles(2));
    const position = await log().append(id, [titled(3)]);
    const { head, events } = await log().read(id);
    expect(head).toEqual(position);
    expect(events).toEqual(range(1, 3).map((seq) => ({ ...titled(seq), conversationId: id, seq })));
  });

  it('a delta does not carry the id of its conversation, to keep thousands of deltas small', async () => {
    const id = newId();
    const delta = {
      type: 'text-delta',
      partId: v.parse(PartIdSchema, 'm_12345678.0'),
      at: 0,
      text: '\ud83d',
    } as const;
    await log().append(id, [delta]);
    expect((await log().read(id)).events).toEqual([{ ...delta, seq: 1 }]);
  });

  it('appends that are not awaited keep the order of their calls', async () => {
    const id = newId();
    const positions = await Promise.all(titles(20).map((title) => log().append(id, [title])));
    expect(positions.map(({ seq }) => seq)).toEqual(range(1, 20));
    const { head, events } = await log().read(id);
    expect(head.seq).toBe(20);
    for (const event of events) expect(event).toMatchObject(titled(event.seq));
  });

  it('appending no events does not move the head', async () => {
    const id = newId();
    const head = await log().append(id, [titled(1)]);
    expect(await log().append(id, [])).toEqual(head);
  });

  it('two conversations have separate logs, also when the id of one is a prefix of the other (1)', async () => {
    const short = newId();
    const long = v.parse(ConversationIdSchema, `${short}_1`);
    const { head } = await log().read(short);
    const reader = startReading(log(), { id: short, after: head });
    await log().append(long, titles(3));
    await log().append(short, [titled(1)]);
    await reader.until(() => reader.events.length > 0);
    expect(reader.events).toEqual([{ ...titled(1), conversationId: short, seq: 1 }]);
    expect((await log().read(long)).head.epoch).not.toBe(head.epoch);
    reader.abort();
    await reader.ended;
  });
}

function describeErasingAndClosing(log: () => EventLog): void {
  it('an erased conversation is empty and has a new epoch, and its subscribers get a reset', async () => {
    const id = newId();
    const before = await log().append(id, titles(3));
    const reader = startReading(log(), { id, after: before });
    await log().erase(id);
    await reader.until(() => reader.reads.length > 0);
    const { head, events } = await log().read(id);
    expect(events).toEqual([]);
    expect(head.epoch).not.toBe(before.epoch);
    expect(reader.reads).toEqual([{ kind: 'reset', why: 'epoch-changed', position: head }]);
    await log().append(id, [titled(1)]);
    await reader.until(() => reader.events.length > 0);
    expect(reader.events).toMatchObject([{ ...titled(1), seq: 1 }]);
    reader.abort();
  });

  it('erasing a conversation does not change the others', async () => {
    const id = newId();
    const other = v.parse(ConversationIdSchema, `${id}_1`);
    const position = await log().append(other, titles(2));
    await log().erase(id);
    expect((await log().read(other)).head).toEqual(position);
  });

  it('closing ends every subscription without an error, waiting or busy, and may be done twice', async () => {
    await log().check();
    const id = newId();
    const head = await log().append(id, titles(2));
    const waiting = startReading(log(), { id, after: head });
    const gate = createGate();
    const busy = startReading(log(), { id, after: { ...head, seq: 0 }, handle: gate.pause });
    await busy.until(() => busy.reads.length === 1);
    await log().close();
    await log().close();
    gate.open();
    await Promise.all([waiting.ended, busy.ended]);
    expect(waiting.reads).toEqual([]);
    expect(busy.reads).toHaveLength(1);
  });

  it('every method of a closed log rejects with a ChatError', async () => {
    await log().close();
    const refused = { name: 'ChatError', code: 'internal' };
    await expect(log().check()).rejects.toMatchObject(refused);
    await expect(log().append(newId(), titles(1))).rejects.toMatchObject(refused);
    await expect(log().read(newId())).rejects.toMatchObject(refused);
    await expect(log().head(newId())).rejects.toMatchObject(refused);
    await expect(log().acquireLease(newId(), 1_000)).rejects.toMatchObject(refused);
  });
}
