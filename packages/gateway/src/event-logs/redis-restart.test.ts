/** kill -9 of Redis itself, with and without an append-only file; each log here is one gateway. */
import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { range, startReading, titled, titles, iteration, type LogReader } from '../testing/log-reader.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import type { EventLog } from './event-log.ts';
import { createRedisEventLog } from './redis.ts';

const TIMEOUT_MS = 60_000;
const seqsOf = (reader: LogReader) => reader.events.map(({ seq }) => seq);

/** The sequence number that the reader has come to. */
const positionOf = ({ reads }: LogReader): number | undefined => {
  const last = reads.at(-1);
  return last?.kind === 'reset' ? last.position.seq : last?.events.at(-1)?.seq;
};

let servers: Record<'volatile' | 'durable', RedisServer>;
beforeAll(async () => {
  const [volatile, durable] = await Promise.all([startRedis('volatile'), startRedis('durable')]);
  servers = { volatile, durable };
}, TIMEOUT_MS);
afterAll(() => Promise.all(Object.values(servers).map((server) => server.dispose())), TIMEOUT_MS);

let nodes: EventLog[] = [];
let id: ConversationId;
const openNode = (server: RedisServer): EventLog => {
  const node = createRedisEventLog({ url: server.url });
  nodes.push(node);
  return node;
};
const openNodes = (server: RedisServer) => [openNode(server), openNode(server)] as const;
beforeEach(() => {
  id = mintConversationId(randomBytes);
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  nodes = [];
});
const restart = async (server: RedisServer) => {
  await server.kill();
  await server.start();
};

describe('a Redis that is killed while in use', { timeout: TIMEOUT_MS }, () => {
  it('and restarts without its data: a new epoch, viewers get a reset, and appends work (6)', async () => {
    const [one, other] = openNodes(servers.volatile);
    const before = await one.append(id, titles(5));
    const readers = [startReading(one, { id, after: before }), startReading(other, { id, after: before })];
    await restart(servers.volatile);
    for (const reader of readers) await reader.until(() => reader.resets.length === 1);
    const after = await other.append(id, [titled(1)]);
    expect(after).toEqual({ epoch: readers[0]?.resets[0]?.position.epoch, seq: 1 });
    expect(after.epoch).not.toBe(before.epoch);
    for (const reader of readers) await reader.until(() => reader.events.length === 1);
  });

  it('the viewers of the lease’s holder go on meanwhile; when it is back without its data, it gets all of it again (1, 5)', async () => {
    const [one, other] = openNodes(servers.volatile);
    const { head: after } = await one.read(id);
    const lease = await one.acquireLease(id, 60_000);
    const options = lease && { lease };
    const [own, others] = [startReading(one, { id, after }), startReading(other, { id, after })];
    await one.append(id, titles(5), options);
    await Promise.all([own, others].map((reader) => reader.until(() => reader.events.length === 5)));
    await servers.volatile.kill();
    const appends = range(6, 40).map((seq) => one.append(id, [titled(seq)], options));
    await own.until(() => own.events.length === 40);
    expect((await one.read(id)).events).toHaveLength(40);
    await servers.volatile.start();
    expect((await Promise.all(appends)).at(-1)).toEqual({ ...after, seq: 40 });
    expect(await lease?.renew(60_000)).toBe(true);
    // With a reset in between when it has read before the events were there again.
    await others.until(() => positionOf(others) === 40);
    expect((await other.read(id)).events).toMatchObject(range(1, 40).map(titled));
    expect(seqsOf(own)).toEqual(range(1, 40));
    expect(own.resets).toEqual([]);
  });

  it('and restarts with its data: the lease is valid, and appends in flight are applied once (1)', async () => {
    const [one, other] = openNodes(servers.durable);
    const { head: after } = await one.read(id);
    const lease = await one.acquireLease(id, 60_000);
    const options = lease && { lease };
    const reader = startReading(other, { id, after });
    await one.append(id, titles(20), options);
    const appends = range(21, 60).map((seq) => one.append(id, [titled(seq)], options));
    await iteration();
    await iteration();
    const restarted = restart(servers.durable);
    appends.push(...range(61, 100).map((seq) => one.append(id, [titled(seq)], options)));
    await restarted;
    expect((await Promise.all(appends)).map(({ seq }) => seq)).toEqual(range(21, 100));
    await reader.until(() => reader.events.at(-1)?.seq === 100);
    expect(seqsOf(reader)).toEqual(range(1, 100));
    expect(reader.events).toMatchObject(range(1, 100).map(titled));
    expect(reader.resets).toEqual([]);
    expect(await lease?.renew(60_000)).toBe(true);
  });

  it('is not ready while it is down, and ready afterwards; a viewer that joins meanwhile waits', async () => {
    const [one] = openNodes(servers.durable);
    const after = await one.append(id, titles(2));
    await servers.durable.kill();
    await expect(one.check()).rejects.toMatchObject({ name: 'ChatError', code: 'internal' });
    const reader = startReading(one, { id, after: { ...after, seq: 0 } });
    const leaver = startReading(one, { id, after });
    leaver.abort();
    await leaver.ended;
    await servers.durable.start();
    await reader.until(() => reader.events.length === 2);
    await one.append(id, []); // each connection is restored on its own
    await one.check();
  });

  it('and does not restart: closing still ends everything', async () => {
    const [one] = openNodes(servers.durable);
    const after = await one.append(id, titles(2));
    const reader = startReading(one, { id, after });
    await servers.durable.kill();
    const appended = one.append(id, [titled(3)]);
    await one.close();
    await reader.ended;
    await expect(appended).rejects.toMatchObject({ code: 'internal' });
    await servers.durable.start();
  });
});
