/** The part of the event log's contract about leases, which let one gateway at a time write the runs of a conversation. */
import { ConversationIdSchema, mintConversationId, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { EventLog, Lease } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/index.ts';
import { range, titled } from '../log-reader.ts';

const TTL_MS = 10_000;
const newId = (): ConversationId => mintConversationId(randomBytes);

/** Adds the tests of leases. Called by `describeEventLog`. @param fixture that of the current test */
export function describeLeases(
  fixture: () => { eventLog: EventLog; passTime(byMs: number): Promise<void> },
): void {
  const log = () => fixture().eventLog;
  const acquire = async (id: ConversationId): Promise<Lease> => {
    const lease = await log().acquireLease(id, TTL_MS);
    if (lease === undefined) throw new Error(`another holder has the lease of ${id}`);
    return lease;
  };
  /** An expired lease, and the one that another holder has acquired since. */
  const acquireExpired = async (id: ConversationId) => {
    const lost = await acquire(id);
    await fixture().passTime(TTL_MS + 1);
    return { lost, taken: await acquire(id) };
  };

  it('a lease has one holder: a second one gets it only after the first has released it', async () => {
    const id = newId();
    const lease = await acquire(id);
    expect(lease.conversationId).toBe(id);
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
    await lease.release();
    await lease.release();
    expect((await acquire(id)).fence).toBeGreaterThan(lease.fence);
  });

  it('of many concurrent acquirers exactly one gets the lease', async () => {
    const id = newId();
    const leases = await Promise.all(range(1, 10).map(() => log().acquireLease(id, TTL_MS)));
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('an expired lease can be acquired by another holder, with a higher fence', async () => {
    const { lost, taken } = await acquireExpired(newId());
    expect(taken.fence).toBeGreaterThan(lost.fence);
    expect(await lost.renew(TTL_MS)).toBe(false);
  });

  it('an expired lease stays valid until another holder acquires it', async () => {
    const id = newId();
    const lease = await acquire(id);
    await fixture().passTime(TTL_MS + 1);
    expect((await log().append(id, [titled(1)], { lease })).seq).toBe(1);
    expect(await lease.renew(TTL_MS)).toBe(true);
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
  });

  it('a released lease is stale, also when no other holder has acquired it', async () => {
    const id = newId();
    const lease = await acquire(id);
    await lease.release();
    expect(await lease.renew(TTL_MS)).toBe(false);
    const stale = log().append(id, [titled(1)], { lease });
    await expect(stale).rejects.toMatchObject({ name: 'ChatError', code: 'conflict' });
  });

  it('erasing a conversation makes its lease stale, and the next lease has a higher fence', async () => {
    const id = newId();
    const lease = await acquire(id);
    await log().erase(id);
    const stale = log().append(id, [titled(1)], { lease });
    await expect(stale).rejects.toMatchObject({ name: 'ChatError', code: 'conflict' });
    expect((await acquire(id)).fence).toBeGreaterThan(lease.fence);
  });

  it('a lease that is renewed before it expires stays with its holder', async () => {
    const id = newId();
    const lease = await acquire(id);
    for (const _each of range(1, 3)) {
      await fixture().passTime(TTL_MS - 1_000);
      expect(await lease.renew(TTL_MS)).toBe(true);
    }
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
  });

  it('appending with a stale fence is a conflict and appends nothing (3)', async () => {
    const id = newId();
    const { lost, taken } = await acquireExpired(id);
    const stale = log().append(id, [titled(1), titled(2)], { lease: lost });
    await expect(stale).rejects.toMatchObject({ name: 'ChatError', code: 'conflict' });
    expect((await log().read(id)).head.seq).toBe(0);
    expect((await log().append(id, [titled(1)], { lease: taken })).seq).toBe(1);
  });

  it('releasing a lost lease does not take it from the new holder', async () => {
    const id = newId();
    const { lost, taken } = await acquireExpired(id);
    await lost.release();
    expect(await log().acquireLease(id, TTL_MS)).toBeUndefined();
    expect(await taken.renew(TTL_MS)).toBe(true);
  });

  it('the lease of one conversation does not block another, also when one id is a prefix of the other', async () => {
    const id = newId();
    const other = v.parse(ConversationIdSchema, `${id}_1`);
    await acquire(id);
    expect(await log().acquireLease(other, TTL_MS)).toBeDefined();
  });

  it('an append without a lease succeeds while another holder has the lease', async () => {
    const id = newId();
    const lease = await acquire(id);
    await log().append(id, [titled(1)]);
    expect((await log().append(id, [titled(2)], { lease })).seq).toBe(2);
  });
}
