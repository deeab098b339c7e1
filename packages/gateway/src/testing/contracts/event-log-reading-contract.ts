/** The part of the event log's contract about reading the kept window and the head: what a reader is guaranteed to see. */
import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { EventLog } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/index.ts';
import { iteration, range, startReading, titled, titles } from '../log-reader.ts';

const newId = (): ConversationId => mintConversationId(randomBytes);

/** Adds the tests of `read` and `head`. Called by `describeEventLog`. @param fixture that of the current test */
export function describeReading(fixture: () => { eventLog: EventLog; windowEvents: number }): void {
  const log = () => fixture().eventLog;

  it('the head of a conversation without events is at 0, in the epoch of its first event', async () => {
    const id = newId();
    const { epoch, seq } = await log().head(id);
    expect(seq).toBe(0);
    expect(await log().append(id, [titled(1)])).toEqual({ epoch, seq: 1 });
  });

  it('the head and the window contain earlier appends that were not awaited', async () => {
    const id = newId();
    const appended = log().append(id, titles(2));
    const [head, kept] = await Promise.all([log().head(id), log().read(id)]);
    expect(head).toEqual(await appended);
    expect(kept.head).toEqual(head);
    expect(kept.events).toMatchObject(range(1, 2).map(titled));
  });

  it.each(['read', 'head'] as const)(
    'a %s is never older than its call, also while other readers wait for an earlier one',
    async (verb) => {
      const id = newId();
      const seqOf = async () => (verb === 'head' ? log().head(id) : (await log().read(id)).head);
      for (const seq of range(1, 20)) {
        const before = [seqOf(), seqOf()];
        if (seq % 2 === 0) await iteration();
        const appended = log().append(id, [titled(seq)]);
        if (seq % 3 === 0) await appended;
        expect(await seqOf()).toEqual(await appended);
        await Promise.all(before);
      }
    },
  );

  it('reading again after each append gives the same events as one read at the end', async () => {
    const id = newId();
    const total = fixture().windowEvents * 4;
    for (const seq of range(1, total)) {
      await log().append(id, [titled(seq)]);
      const { head, events } = await log().read(id);
      expect(events.map((event) => event.seq)).toEqual(range(head.seq - events.length + 1, seq));
      expect(events.at(-1)).toMatchObject(titled(seq));
      expect(events.length).toBeLessThan(fixture().windowEvents * 3);
    }
    expect((await log().head(id)).seq).toBe(total);
  });

  it('reading is the same with a subscriber, and after it has left', async () => {
    const id = newId();
    const reader = startReading(log(), { id, after: await log().head(id) });
    await log().append(id, titles(3));
    await reader.until(() => reader.events.length === 3);
    expect((await log().read(id)).events).toEqual(reader.events);
    reader.abort();
    await reader.ended;
    const head = await log().append(id, [titled(4)]);
    expect((await log().read(id)).events).toMatchObject(range(1, 4).map(titled));
    expect(await log().head(id)).toEqual(head);
  });

  it('nothing of an erased conversation is read again', async () => {
    const id = newId();
    const before = await log().append(id, titles(3));
    await log().read(id);
    await log().erase(id);
    const head = await log().head(id);
    expect(head).not.toMatchObject({ epoch: before.epoch });
    expect(await log().read(id)).toEqual({ head: { ...head, seq: 0 }, events: [] });
  });
}
