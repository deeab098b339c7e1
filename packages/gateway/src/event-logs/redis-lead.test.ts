/** The holder of a lease numbers its events itself, and shows them before Redis has them; each log here is one gateway. */
import {
  mintMessageId,
  mintRunId,
  partIdOf,
  type ConversationId,
  type LoggedEventBody,
} from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { iteration, range, startReading, titled, titles } from '../testing/log-reader.ts';
import { REDIS_TIMEOUT_MS, useRedisNodes } from '../testing/redis-nodes.ts';
import type { EventLog, Lease } from './event-log.ts';

const TTL_MS = 10_000;
const partId = partIdOf(mintMessageId(randomBytes), 0);
/** Text of one character at an offset. */
const letter = (at: number): LoggedEventBody => ({ type: 'text-delta', partId, at, text: 'a' });

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
/** As if the holder had not renewed its lease for so long that another gateway takes over. */
const takeOver = async (node: EventLog): Promise<Lease> => {
  for (;;) {
    await nodes.server.run('HSET', keyOf(), 'until', 0);
    const lease = await node.acquireLease(id, TTL_MS);
    if (lease !== undefined) return lease; // otherwise a question of the holder has extended it in between
  }
};
/** Redis holds back writes until `unpause`. */
const pauseWrites = () => nodes.server.run('CLIENT', 'PAUSE', 60_000, 'WRITE');
const unpause = () => nodes.server.run('CLIENT', 'UNPAUSE');

describe('the gateway that holds the lease', { timeout: REDIS_TIMEOUT_MS }, () => {
  it('shows its events to its viewers at once, and to those of another when Redis has them, in the same positions (1, 5)', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    const readers = [startReading(one, { id, after }), startReading(other, { id, after })];
    await Promise.all([
      one.append(id, titles(3), { lease }),
      ...readers.map((each) => each.until(() => each.events.length === 3)),
    ]);
    await pauseWrites();
    const appended = one.append(id, [titled(4), titled(5)], { lease });
    await readers[0]?.until(() => readers[0]?.events.length === 5);
    expect(readers[1]?.events).toHaveLength(3);
    await unpause();
    expect(await appended).toEqual({ ...after, seq: 5 });
    await readers[1]?.until(() => readers[1]?.events.length === 5);
    expect(readers[0]?.events).toEqual(readers[1]?.events);
    expect(readers.flatMap(({ resets }) => resets)).toEqual([]);
  });

  it('shows nothing before Redis has it when it is asked to', async () => {
    const one = openNode({ deliver: 'logged' });
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    const reader = startReading(one, { id, after });
    await one.append(id, titles(1), { lease });
    await reader.until(() => reader.events.length === 1);
    await pauseWrites();
    const appended = one.append(id, [titled(2)], { lease });
    for (const _turn of range(1, 50)) await iteration();
    expect(reader.events).toHaveLength(1);
    await unpause();
    await appended;
    await reader.until(() => reader.events.length === 2);
  });

  it('appends of it without the lease keep their place, and what is appended while it acquires is shown, too', async () => {
    const one = openNode();
    const leased = one.acquireLease(id, TTL_MS);
    const appends = range(1, 4).map((number) => one.append(id, [titled(number)]));
    const lease = await leased;
    const options = lease && { lease };
    appends.push(
      ...range(5, 9).map((number) => one.append(id, [titled(number)], number % 2 === 0 ? {} : options)),
    );
    expect((await one.read(id)).events).toMatchObject(range(1, 9).map(titled));
    expect((await Promise.all(appends)).map(({ seq }) => seq)).toEqual(range(1, 9));
    expect((await openNode().read(id)).events).toMatchObject(range(1, 9).map(titled));
  });

  it('serves a viewer that joins from its own copy, with what was logged before its lease', async () => {
    const [one, other] = openNodes();
    const before = await other.append(id, titles(5));
    const lease = await lead(one);
    void one.append(id, [titled(6)], { lease });
    const kept = await one.read(id);
    expect(kept.events).toMatchObject(range(1, 6).map(titled));
    expect(kept.head).toEqual({ ...before, seq: 6 });
    await pauseWrites();
    void one.append(id, [titled(7)], { lease });
    expect((await one.read(id)).events).toMatchObject(range(1, 7).map(titled));
    expect(await one.head(id)).toEqual({ ...before, seq: 7 });
    const reader = startReading(one, { id, after: { ...before, seq: 2 } });
    await reader.until(() => reader.events.length === 5);
    await unpause();
  });

  it('collects text that only its own viewers read, and writes it before anybody waits for it', async () => {
    const [one, other] = openNodes();
    const lease = await lead(one);
    await one.append(id, titles(1), { lease });
    const calls = async () =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await nodes.server.run('INFO', 'commandstats')))?.[1]);
    await one.append(id, [letter(0)], { lease }); // its answer tells that nobody else listens
    const before = await calls();
    for (const at of range(1, 20)) {
      void one.append(id, [letter(at)], { lease });
      await iteration();
    }
    const { seq } = await one.append(id, [titled(2)], { lease });
    expect(seq).toBe(23);
    expect((await calls()) - before).toBeLessThan(10);
    expect((await other.read(id)).head.seq).toBe(23);
  });

  it('its viewers and those of another go on in a new epoch when another appends meanwhile (5)', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    const readers = [startReading(one, { id, after }), startReading(other, { id, after })];
    await one.append(id, titles(3), { lease });
    await Promise.all(readers.map((each) => each.until(() => each.events.length === 3)));
    const foreign = await other.append(id, [titled(4)]);
    expect(foreign.epoch).not.toBe(after.epoch);
    const next = await one.append(id, [titled(5)], { lease });
    expect(next).toEqual({ ...foreign, seq: 5 });
    for (const reader of readers) await reader.until(() => reader.resets.length > 0);
    expect(readers.flatMap(({ resets }) => resets.map(({ why }) => why))).not.toContain('ahead');
    const [own, others] = [await one.read(id), await other.read(id)];
    expect(own).toEqual(others);
    expect(own.events).toMatchObject(range(1, 5).map(titled));
    await lease.release();
    await lead(one);
    void one.append(id, [titled(6)]);
    for (const reader of readers) await reader.until(() => reader.events.at(-1)?.seq === 6);
  });

  it('when another has appended while Redis was slow, what was shown is placed after it, and its viewers get a reset', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    const reader = startReading(one, { id, after });
    await one.append(id, titles(1), { lease });
    await reader.until(() => reader.events.length === 1);
    await other.check();
    await pauseWrites();
    const foreign = other.append(id, [titled(2)]);
    await iteration();
    await iteration();
    const own = one.append(id, [titled(3)], { lease });
    await reader.until(() => reader.events.length === 2);
    await unpause();
    const [first, second] = [await foreign, await own];
    expect(second).toEqual({ ...first, seq: 3 });
    await reader.until(() => reader.resets.length === 1);
    expect(reader.resets[0]?.why).toBe('epoch-changed');
    expect((await one.read(id)).events).toMatchObject([titled(1), titled(2), titled(3)]);
  });
});

describe('the end of a run', { timeout: REDIS_TIMEOUT_MS }, () => {
  const ended: LoggedEventBody = {
    type: 'run-finished',
    runId: mintRunId(randomBytes),
    reason: 'stop',
    finishedAtMs: 1,
  };

  it('is shown when Redis has it, because a takeover must not withdraw it, and what follows keeps its place (3)', async () => {
    const one = openNode();
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    const reader = startReading(one, { id, after });
    await one.append(id, titles(1), { lease });
    await reader.until(() => reader.events.length === 1);
    await pauseWrites();
    void one.append(id, [titled(2)], { lease });
    const appends = [one.append(id, [ended], { lease }), one.append(id, [titled(4)], { lease })];
    const read = one.read(id);
    await reader.until(() => reader.events.length === 2);
    for (const _turn of range(1, 50)) await iteration();
    expect(reader.events).toHaveLength(2);
    await unpause();
    expect((await Promise.all(appends)).map(({ seq }) => seq)).toEqual([3, 4]);
    await reader.until(() => reader.events.length === 4);
    expect((await read).head.seq).toBe(4);
    void one.append(id, [titled(5)], { lease });
    await reader.until(() => reader.events.length === 5);
    expect(reader.events.map(({ seq }) => seq)).toEqual(range(1, 5));
    expect(reader.resets).toEqual([]);
  });

  it('is written once after Redis has lost its data', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lease = await lead(one);
    await one.append(id, titles(2), { lease });
    await nodes.server.run('FLUSHALL');
    void one.append(id, [titled(3)], { lease });
    expect(await one.append(id, [ended], { lease })).toEqual({ ...after, seq: 4 });
    await lease.release();
    expect((await other.read(id)).events).toMatchObject([...range(1, 3).map(titled), ended]);
  });
});

describe('a lease that was lost', { timeout: REDIS_TIMEOUT_MS }, () => {
  it('what its holder has shown since is withdrawn by a reset, and not written (3, 5)', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lost = await lead(one);
    const reader = startReading(one, { id, after });
    await one.append(id, titles(2), { lease: lost });
    await reader.until(() => reader.events.length === 2);
    const lease = await takeOver(other);
    const stale = one.append(id, [titled(99)], { lease: lost });
    await expect(stale).rejects.toMatchObject({ code: 'conflict' });
    expect(await lost.renew(TTL_MS)).toBe(false);
    const taken = await other.append(id, [titled(3)], { lease });
    expect([taken.epoch === after.epoch, taken.seq]).toEqual([false, 3]);
    await reader.until(() => reader.resets.length > 0);
    const kept = await one.read(id);
    expect(kept.events).toMatchObject([titled(1), titled(2), titled(3)]);
    expect(await other.read(id)).toEqual(kept);
    await lost.release();
    expect(await lease.renew(TTL_MS)).toBe(true);
  });

  it('a holder that was stopped for longer than its lease asks Redis before it shows anything', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const lost = await one.acquireLease(id, 1);
    const reader = startReading(one, { id, after });
    while ((await other.acquireLease(id, TTL_MS)) === undefined) await iteration();
    const stale = one.append(id, [titled(1)], lost && { lease: lost });
    await expect(stale).rejects.toMatchObject({ code: 'conflict' });
    expect(reader.events).toEqual([]);
  });

  it('an erased conversation is not written again by its former holder', async () => {
    const [one, other] = openNodes();
    const lease = await lead(one);
    const before = await one.append(id, titles(2), { lease });
    await other.erase(id);
    await expect(one.append(id, [titled(3)], { lease })).rejects.toMatchObject({ code: 'conflict' });
    expect(await lease.renew(TTL_MS)).toBe(false);
    const { head, events } = await one.read(id);
    expect([head.epoch === before.epoch, events]).toEqual([false, []]);
  });
});
