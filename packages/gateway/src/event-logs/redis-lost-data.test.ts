/** A Redis that has lost its data gets back what the holder of a lease has shown; each log here is one gateway. */
import { type ConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { range, startReading, titled, titles, type LogReader } from '../testing/log-reader.ts';
import { REDIS_TIMEOUT_MS, useRedisNodes } from '../testing/redis-nodes.ts';
import type { EventLog, Lease } from './event-log.ts';

const TTL_MS = 10_000;
const seqsOf = ({ events }: LogReader) => events.map(({ seq }) => seq);

const nodes = useRedisNodes();
const { open: openNode, openTwo: openNodes, keyOf } = nodes;
let id: ConversationId;
beforeEach(() => {
  ({ id } = nodes);
});
const lead = async (node: EventLog): Promise<Lease> => {
  const lease = await node.acquireLease(id, TTL_MS);
  if (lease === undefined) throw new Error('another holder has the lease');
  return lease;
};

describe('a Redis that has lost its data', { timeout: REDIS_TIMEOUT_MS }, () => {
  it('gets back from the holder of the lease what its viewers were shown, under the same epoch (5, 6)', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    const readers = [startReading(one, { id, after }), startReading(other, { id, after })];
    await one.append(id, titles(3), { lease });
    await Promise.all(readers.map((each) => each.until(() => each.events.length === 3)));
    await nodes.server.run('FLUSHALL');
    const position = await one.append(id, [titled(4)], { lease });
    expect(position).toEqual({ ...after, seq: 4 });
    await Promise.all(readers.map((each) => each.until(() => each.events.length === 4)));
    for (const reader of readers) expect(seqsOf(reader)).toEqual(range(1, 4));
    expect((await openNode().read(id)).events).toMatchObject(range(1, 4).map(titled));
    expect(await lease.renew(TTL_MS)).toBe(true);
    expect(await other.acquireLease(id, TTL_MS)).toBeUndefined();
  });

  it('gets it back with the next renewal when nothing is appended', async () => {
    const [one, other] = openNodes();
    const lease = await lead(one);
    await one.append(id, titles(3), { lease });
    await nodes.server.run('FLUSHALL');
    expect(await lease.renew(TTL_MS)).toBe(true);
    await one.append(id, [], { lease });
    expect((await other.read(id)).events).toMatchObject(titles(3));
  });

  it('gets it back from a holder whose lease was over by its own clock when Redis was back', async () => {
    const [one, other] = openNodes();
    const lease = await one.acquireLease(id, 2);
    const options = lease && { lease };
    const before = await one.append(id, titles(3), options);
    await nodes.server.run('FLUSHALL');
    expect(await one.append(id, [titled(4)], options)).toEqual({ ...before, seq: 4 });
    expect((await other.read(id)).events).toMatchObject(range(1, 4).map(titled));
  });

  it('starts a new epoch when others have appended before the holder writes again', async () => {
    const [one, other] = openNodes();
    const lease = await lead(one);
    const before = await one.append(id, titles(3), { lease });
    await nodes.server.run('FLUSHALL');
    const foreign = await other.append(id, [titled(9)]);
    const { epoch, seq } = await one.append(id, [titled(4)], { lease });
    expect([epoch === before.epoch, epoch === foreign.epoch, seq]).toEqual([false, false, 4]);
    expect((await other.read(id)).events).toMatchObject(range(1, 4).map(titled));
  });

  it('refuses the former holder when another has acquired the lease since', async () => {
    const [one, other] = openNodes();
    const lost = await lead(one);
    await one.append(id, titles(3), { lease: lost });
    await nodes.server.run('FLUSHALL');
    const lease = await lead(other);
    await expect(one.append(id, [titled(4)], { lease: lost })).rejects.toMatchObject({ code: 'conflict' });
    expect((await other.append(id, [titled(1)], { lease })).seq).toBe(1);
  });

  it('a failover that has lost the newest events gets them back (5)', async () => {
    const [one, other] = openNodes();
    const lease = await lead(one);
    const before = await one.append(id, titles(5), { lease });
    await nodes.server.run('HSET', keyOf(), 'seq', 3);
    await nodes.server.run('RPOP', keyOf(':events'), 2);
    expect(await one.append(id, [titled(6)], { lease })).toEqual({ ...before, seq: 6 });
    expect((await other.read(id)).events).toMatchObject(range(1, 6).map(titled));
  });
});
