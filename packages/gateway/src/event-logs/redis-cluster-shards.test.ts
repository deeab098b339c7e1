/** A Redis Cluster whose shards are killed, fail over and give slots away; each log here is one gateway. */
import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { range, startReading, titled, titles, type LogReader } from '../testing/log-reader.ts';
import { startRedisCluster, type RedisCluster, type RedisClusterNode } from '../testing/redis-cluster.ts';
import type { EventLog } from './event-log.ts';
import { createRedisEventLog } from './redis.ts';

const TIMEOUT_MS = 90_000;
const seqsOf = (reader: LogReader) => reader.events.map(({ seq }) => seq);
const tagOf = (id: ConversationId) => `rivulet:{${id}}`;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster('durable');
}, TIMEOUT_MS);
afterAll(() => cluster.dispose(), TIMEOUT_MS);

let nodes: EventLog[] = [];
const openNode = (): EventLog => {
  const node = createRedisEventLog({ url: cluster.url });
  nodes.push(node);
  return node;
};
const openNodes = () => [openNode(), openNode()] as const;
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  nodes = [];
});

/** A new conversation of a shard. */
async function idOn(shard: RedisClusterNode): Promise<ConversationId> {
  for (;;) {
    const id = mintConversationId(randomBytes);
    if ((await cluster.shardOf(tagOf(id))) === shard) return id;
  }
}
const shardAt = (index: number): RedisClusterNode => {
  const shard = cluster.shards[index];
  if (shard === undefined) throw new Error(`there is no shard ${index}`);
  return shard;
};
const readerOn = async (node: EventLog, id: ConversationId) =>
  startReading(node, { id, after: (await node.read(id)).head });
const seen = (reader: LogReader, seq: number) => reader.until(() => reader.events.at(-1)?.seq === seq);

describe('three shards', { timeout: TIMEOUT_MS }, () => {
  it('share the conversations, and each viewer sees its own (1, 5)', async () => {
    const [one, other] = openNodes();
    const ids = range(1, 60).map(() => mintConversationId(randomBytes));
    const readers = await Promise.all(ids.map((id) => readerOn(other, id)));
    await Promise.all(range(1, 20).flatMap((seq) => ids.map((id) => one.append(id, [titled(seq)]))));
    await Promise.all(readers.map((reader) => seen(reader, 20)));
    for (const reader of readers) expect(seqsOf(reader)).toEqual(range(1, 20));
    const keys = await cluster.runAll('KEYS', 'rivulet:{*}:events');
    const counts = keys.map((each) => (each as string[]).length); // what KEYS answers
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
    for (const count of counts) expect(count).toBeGreaterThan(0);
  });

  it('of which one is killed: the others go on; its viewers miss nothing when it is back (1, 5)', async () => {
    const [one, other] = openNodes();
    const [id, ...others] = [await idOn(shardAt(0)), await idOn(shardAt(1)), await idOn(shardAt(2))] as const;
    const [reader, ...readers] = [
      await readerOn(other, id),
      ...(await Promise.all(others.map((each) => readerOn(other, each)))),
    ] as const;
    await Promise.all([id, ...others].map((each) => one.append(each, titles(5))));
    await Promise.all([reader, ...readers].map((each) => seen(each, 5)));
    await shardAt(0).kill();
    const appends = range(6, 10).map((seq) => one.append(id, [titled(seq)]));
    await Promise.all(others.map((each) => one.append(each, titles(5))));
    await Promise.all(readers.map((each) => seen(each, 10)));
    await one.check();
    await shardAt(0).start();
    await Promise.allSettled(appends); // one that fails was not accepted
    const { seq } = await one.append(id, [titled(11)]);
    await seen(reader, seq);
    expect(seqsOf(reader)).toEqual(range(1, seq));
    for (const each of [reader, ...readers]) expect(each.resets).toEqual([]);
  });

  it('of which one is killed under the holder of a lease: its viewers go on, and the others get all of it afterwards (1, 5)', async () => {
    const [one, other] = openNodes();
    await cluster.isWhole();
    const id = await idOn(shardAt(0));
    const lease = await one.acquireLease(id, 60_000);
    const options = lease && { lease };
    const [own, others] = [await readerOn(one, id), await readerOn(other, id)];
    await one.append(id, titles(5), options);
    await Promise.all([own, others].map((each) => seen(each, 5)));
    await shardAt(0).kill();
    const appends = range(6, 40).map((seq) => one.append(id, [titled(seq)], options));
    await seen(own, 40);
    await shardAt(0).start();
    expect((await Promise.all(appends)).at(-1)?.seq).toBe(40);
    await seen(others, 40);
    for (const each of [own, others]) expect(seqsOf(each)).toEqual(range(1, 40));
    expect(await lease?.renew(60_000)).toBe(true);
  });

  it('between which a slot is moved: appends wait for it, and viewers go on at the new shard (1, 5)', async () => {
    const [one, other] = openNodes();
    await cluster.isWhole();
    const [from, to] = [shardAt(0), shardAt(1)];
    const id = await idOn(from);
    const readers = [await readerOn(one, id), await readerOn(other, id)];
    await one.append(id, titles(5));
    const slot = Number(await from.run('CLUSTER', 'KEYSLOT', tagOf(id)));
    await to.run('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
    await from.run('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
    const keys = (await from.run('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]; // what it answers
    await from.run('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    const appended = one.append(id, [titled(6)]);
    for (const shard of [to, from, shardAt(2)]) await shard.run('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
    expect((await appended).seq).toBe(6);
    await other.append(id, [titled(7)]);
    await Promise.all(readers.map((reader) => seen(reader, 7)));
    for (const reader of readers) expect([seqsOf(reader), reader.resets]).toEqual([range(1, 7), []]);
    expect(await to.run('EXISTS', tagOf(id))).toBe(1);
  });
});

describe('a shard with a replica', { timeout: TIMEOUT_MS }, () => {
  it('fails over, by hand and when the primary is killed: its viewers miss nothing (1, 5)', async () => {
    const [one, other] = openNodes();
    const primary = shardAt(2);
    const replica = await cluster.addReplica(primary);
    const id = await idOn(primary);
    const readers = [await readerOn(one, id), await readerOn(other, id)];
    await one.append(id, titles(5));
    await replica.run('CLUSTER', 'FAILOVER');
    await vi.waitUntil(async () => String(await replica.run('ROLE')).startsWith('master'), TIMEOUT_MS);
    await one.append(id, [titled(6)]);
    await Promise.all(readers.map((reader) => seen(reader, 6)));
    const offsetOf = async (node: RedisClusterNode) =>
      /(?:master|slave)_repl_offset:(\d+)/.exec(String(await node.run('INFO', 'replication')))?.[1];
    await vi.waitUntil(async () => (await offsetOf(primary)) === (await offsetOf(replica)), TIMEOUT_MS);
    await replica.kill();
    await vi.waitUntil(async () => String(await primary.run('ROLE')).startsWith('master'), TIMEOUT_MS);
    await one.append(id, [titled(7)]);
    await Promise.all(readers.map((reader) => seen(reader, 7)));
    for (const reader of readers) expect([seqsOf(reader), reader.resets]).toEqual([range(1, 7), []]);
  });
});
