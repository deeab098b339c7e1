/** The part of the event log's contract about watches, which tell all gateways whether a conversation has viewers. */
import { ConversationIdSchema, mintConversationId, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { EventLog } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/index.ts';

const TTL_MS = 10_000;
/** A server's own clock advances between two calls. */
const TOLERANCE_MS = 5_000;
const newId = (): ConversationId => mintConversationId(randomBytes);

/** Adds the tests of watches. Called by `describeEventLog`. @param fixture that of the current test */
export function describeWatching(
  fixture: () => { eventLog: EventLog; passTime(byMs: number): Promise<void> },
): void {
  const log = () => fixture().eventLog;
  const hold = async (id: ConversationId) => {
    const watch = log().watch(id);
    await watch.hold(TTL_MS);
    return watch;
  };
  const expectUnwatchedFor = async (id: ConversationId, ms: number) => {
    const measuredMs = await log().unwatchedForMs(id);
    expect(measuredMs).toBeGreaterThanOrEqual(ms);
    expect(measuredMs).toBeLessThan(ms + TOLERANCE_MS);
  };

  it('a conversation without a held watch was never watched, also when a watch was released before it was held', async () => {
    const id = newId();
    const never = log().watch(id);
    await never.release();
    await never.hold(TTL_MS);
    expect(await log().unwatchedForMs(id)).toBe(Infinity);
  });

  it('a conversation is watched until the watch is released, and the time since then is measured', async () => {
    const id = newId();
    const watch = await hold(id);
    await fixture().passTime(TTL_MS / 2);
    expect(await log().unwatchedForMs(id)).toBe(0);
    await watch.release();
    await fixture().passTime(3_000);
    await expectUnwatchedFor(id, 3_000);
  });

  it('a watch that is not held again ends when its time to live is over', async () => {
    const id = newId();
    await hold(id);
    await fixture().passTime(TTL_MS + 7_000);
    await expectUnwatchedFor(id, 7_000);
  });

  it('holding a watch again extends it, and holding an expired watch starts it again', async () => {
    const id = newId();
    const watch = await hold(id);
    for (const passedMs of [TTL_MS - 1_000, TTL_MS - 1_000, TTL_MS + 1_000]) {
      await fixture().passTime(passedMs);
      await watch.hold(TTL_MS);
      expect(await log().unwatchedForMs(id)).toBe(0);
    }
  });

  it('a conversation with several watches is watched until the last one is released or expires', async () => {
    const id = newId();
    const [one, other] = [await hold(id), await hold(id)];
    await one.release();
    expect(await log().unwatchedForMs(id)).toBe(0);
    const third = await hold(id);
    await other.release();
    await fixture().passTime(TTL_MS - 1_000);
    expect(await log().unwatchedForMs(id)).toBe(0);
    await third.hold(TTL_MS);
    await fixture().passTime(2_000);
    expect(await log().unwatchedForMs(id)).toBe(0);
  });

  it('a watch ends at its first release and cannot be held again', async () => {
    const id = newId();
    const watch = await hold(id);
    await watch.release();
    await fixture().passTime(4_000);
    await watch.release();
    await watch.hold(TTL_MS);
    await expectUnwatchedFor(id, 4_000);
  });

  it('releasing an expired watch does not move its end', async () => {
    const id = newId();
    const watch = await hold(id);
    await fixture().passTime(TTL_MS + 6_000);
    await watch.release();
    await expectUnwatchedFor(id, 6_000);
  });

  it('the watches of two conversations are separate, and erasing a conversation deletes its watches', async () => {
    const id = newId();
    const other = v.parse(ConversationIdSchema, `${id}_1`);
    await hold(id);
    expect(await log().unwatchedForMs(other)).toBe(Infinity);
    await hold(other);
    await log().erase(id);
    expect(await log().unwatchedForMs(id)).toBe(Infinity);
    expect(await log().unwatchedForMs(other)).toBe(0);
  });

  it('the end of the last watch is remembered for ten minutes', async () => {
    const id = newId();
    await (await hold(id)).release();
    await fixture().passTime(10 * 60_000);
    await expectUnwatchedFor(id, 10 * 60_000);
  });

  it('the watches of a closed log reject with a ChatError', async () => {
    const watch = await hold(newId());
    await log().close();
    const refused = { name: 'ChatError', code: 'internal' };
    await expect(log().unwatchedForMs(newId())).rejects.toMatchObject(refused);
    await expect(watch.hold(TTL_MS)).rejects.toMatchObject(refused);
  });
}
