/** The part of an event log's contract that lets one gateway at a time write a conversation's runs. */
import { ConversationIdSchema, mintConversationId, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { EventLog, Lease } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/random.ts';
import { range, titled } from '../log-reader.ts';

const TTL_MS = 10_000;
const newId = (): ConversationId => mintConversationId(randomBytes);

/** Called by `describeEventLog`. */
export function describeLeases(
  fixture: () => { eventLog: EventLog; passTime(byMs: number): Promise<void> },
): void {
  const log = () => fixture().eventLog;
  const acquire = async (id: ConversationId): Promise<Lease> => {
    const lease = await log().acquireLease(id, TTL_MS);
    if (lease === undefined) throw new Error('the lease is held');
    return lease;
  };
  /** A lease that another has taken over after its time. */
  const loseTo = async (id: ConversationId) => {
    const lost = await acquire(id);
    await fixture().passTime(TTL_MS + 1);
    return { lost, taken: await acquire(id) };
  };

  it('one holder at a time: a second one gets none until the first lets go', async () => {
    const id = newId();
    const lease = await acquire(id);
    expect(lease.conversationId).toBe(id);
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
    await lease.release();
    await lease.release();
    expect((await acquire(id)).fence).toBeGreaterThan(lease.fence);
  });

  it('of many who ask at once, exactly one gets it', async () => {
    const id = newId();
    const leases = await Promise.all(range(1, 10).map(() => log().acquireLease(id, TTL_MS)));
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('after its time another gets it, with a higher fence', async () => {
    const { lost, taken } = await loseTo(newId());
    expect(taken.fence).toBeGreaterThan(lost.fence);
    expect(await lost.renew(TTL_MS)).toBe(false);
  });

  it('a lease whose time is over is good until another takes it: nothing was lost', async () => {
    const id = newId();
    const lease = await acquire(id);
    await fixture().passTime(TTL_MS + 1);
    expect((await log().append(id, [titled(1)], { lease })).seq).toBe(1);
    expect(await lease.renew(TTL_MS)).toBe(true);
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
  });

  it('a lease that was let go is stale, though nobody took it', async () => {
    const id = newId();
    const lease = await acquire(id);
    await lease.release();
    expect(await lease.renew(TTL_MS)).toBe(false);
    const stale = log().append(id, [titled(1)], { lease });
    await expect(stale).rejects.toMatchObject({ name: 'ChatError', code: 'conflict' });
  });

  it('an erased conversation is nobody’s: its lease is stale, and another gets the next, with a higher fence', async () => {
    const id = newId();
    const lease = await acquire(id);
    await log().erase(id);
    const stale = log().append(id, [titled(1)], { lease });
    await expect(stale).rejects.toMatchObject({ name: 'ChatError', code: 'conflict' });
    expect((await acquire(id)).fence).toBeGreaterThan(lease.fence);
  });

  it('a lease that is renewed in time is kept', async () => {
    const id = newId();
    const lease = await acquire(id);
    for (const _each of range(1, 3)) {
      await fixture().passTime(TTL_MS - 1_000);
      expect(await lease.renew(TTL_MS)).toBe(true);
    }
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
  });

  it('writing with a stale fence is a conflict and writes nothing (3)', async () => {
    const id = newId();
    const { lost, taken } = await loseTo(id);
    const stale = log().append(id, [titled(1), titled(2)], { lease: lost });
    await expect(stale).rejects.toMatchObject({ name: 'ChatError', code: 'conflict' });
    expect((await log().read(id)).head.seq).toBe(0);
    expect((await log().append(id, [titled(1)], { lease: taken })).seq).toBe(1);
  });

  it('letting go of a lost lease does not take it from the new holder', async () => {
    const id = newId();
    const { lost, taken } = await loseTo(id);
    await lost.release();
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
    expect(await taken.renew(TTL_MS)).toBe(true);
  });

  it('a lease is of its conversation alone', async () => {
    const id = newId();
    const other = v.parse(ConversationIdSchema, `${id}_1`);
    await acquire(id);
    expect(await log().acquireLease(other, TTL_MS)).toBeDefined();
  });

  it('what needs no lease is written while another holds it', async () => {
    const id = newId();
    const lease = await acquire(id);
    await log().append(id, [titled(1)]);
    expect((await log().append(id, [titled(2)], { lease })).seq).toBe(2);
  });
}
