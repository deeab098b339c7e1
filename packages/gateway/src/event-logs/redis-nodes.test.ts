/** Several gateways on one Redis: each log here is one of them. */
import { mintRunId, type ConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { startLossyConnection } from '../testing/lossy-connection.ts';
import { range, startReading, titled, titles, iteration, type LogReader } from '../testing/log-reader.ts';
import { REDIS_TIMEOUT_MS, useRedisNodes } from '../testing/redis-nodes.ts';

const seqsOf = (reader: LogReader) => reader.events.map(({ seq }) => seq);

const nodes = useRedisNodes();
const { open: openNode, openTwo: openNodes, keyOf } = nodes;
let id: ConversationId;
beforeEach(() => {
  ({ id } = nodes);
});

describe('two gateways on one Redis', { timeout: REDIS_TIMEOUT_MS }, () => {
  it('the viewers of both see what one of them writes, in one order, without a gap or a repeat (1, 5)', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const readers = [startReading(one, { id, after }), startReading(other, { id, after })];
    const writes = range(1, 200).flatMap((number) => [
      one.append(id, [titled(number)]),
      other.append(id, [titled(-number), titled(number)]).then(iteration),
    ]);
    await Promise.all(writes);
    await Promise.all(readers.map((reader) => reader.until(() => reader.events.length >= 600)));
    for (const reader of readers) expect(seqsOf(reader)).toEqual(range(1, 600));
    expect(readers[0]?.events).toEqual(readers[1]?.events);
  });

  it('a viewer that joins on the other at a random moment of a reply sees it whole from its cursor (5, 6)', async () => {
    const [one, other] = openNodes();
    const { head } = await one.read(id);
    const joined: { from: number; reader: LogReader }[] = [];
    for (const seq of range(1, 120)) {
      const { epoch } = await one.append(id, [titled(seq)]);
      if (seq % 4 !== 0) continue;
      const from = seq - (seq % 7);
      joined.push({ from, reader: startReading(other, { id, after: { epoch, seq: from } }) });
    }
    expect(joined[0]?.reader.reads.every(({ kind }) => kind === 'events')).toBe(true);
    for (const { from, reader } of joined) {
      await reader.until(() => reader.events.at(-1)?.seq === 120);
      expect(seqsOf(reader)).toEqual(range(from + 1, 120));
    }
    expect((await other.read(id)).head).toEqual({ ...head, seq: 120 });
  });

  it('a cursor whose events have not reached this gateway yet is not ahead of the log', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const early = startReading(other, { id, after });
    for (const seq of range(1, 50)) {
      const position = await one.append(id, [titled(seq)]);
      const reader = startReading(other, { id, after: position });
      await one.append(id, []);
      reader.abort();
      await reader.ended;
      expect(reader.resets).toEqual([]);
    }
    await early.until(() => early.events.length === 50);
    expect(early.resets).toEqual([]);
  });

  it('the writes of the one that lost its lease are refused and not seen (3)', async () => {
    const [one, other] = openNodes();
    const lost = await one.acquireLease(id, 10_000);
    expect(await other.acquireLease(id, 10_000)).toBeUndefined();
    await nodes.server.run('HINCRBY', keyOf(), 'until', -10_001);
    const taken = await other.acquireLease(id, 10_000);
    expect(taken?.fence).toBeGreaterThan(lost?.fence ?? Infinity);
    const stale = titles(3).map((title) => one.append(id, [title], lost && { lease: lost }));
    for (const each of stale) await expect(each).rejects.toMatchObject({ code: 'conflict' });
    expect((await other.append(id, [titled(1)], taken && { lease: taken })).seq).toBe(1);
    await lost?.release();
    expect(await taken?.renew(10_000)).toBe(true);
  });

  it('appends with and without a fence in one event-loop iteration keep their order', async () => {
    const [one] = openNodes();
    const lease = await one.acquireLease(id, 10_000);
    const appends = range(1, 9).map((seq) =>
      one.append(id, [titled(seq)], seq % 3 === 0 || lease === undefined ? {} : { lease }),
    );
    expect((await Promise.all(appends)).map(({ seq }) => seq)).toEqual(range(1, 9));
    expect((await one.read(id)).events).toMatchObject(range(1, 9).map(titled));
  });

  it('what one erases is gone for the viewers of the other, who get a reset', async () => {
    const [one, other] = openNodes();
    const before = await one.append(id, titles(3));
    const reader = startReading(other, { id, after: { ...before, seq: 2 } });
    await reader.until(() => reader.events.length === 1);
    await one.erase(id);
    await reader.until(() => reader.resets.length === 1);
    expect(reader.resets).toMatchObject([{ why: 'epoch-changed', position: { seq: 0 } }]);
    const { epoch } = await one.append(id, [titled(1)]);
    await reader.until(() => reader.events.length === 2);
    expect(reader.resets[0]?.position.epoch).toBe(epoch);
    expect(epoch).not.toBe(before.epoch);
  });

  it('a broadcast of one reaches the other, also after the connections of both were cut', async () => {
    const [one, other] = openNodes();
    const broadcastMessage = () =>
      ({ kind: 'abort', conversationId: id, runId: mintRunId(randomBytes) }) as const;
    const received: unknown[] = [];
    let wake: (() => void) | undefined;
    await other.listen((each) => {
      received.push(each);
      wake?.();
    });
    await nodes.server.run('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const broadcasts = [];
    while (received.length === 0) {
      broadcasts.push(broadcastMessage());
      const next = new Promise<void>((resolve) => (wake = resolve));
      await one.broadcast(broadcasts.at(-1) ?? broadcastMessage());
      await Promise.race([next, one.check().then(iteration)]);
    }
    expect(broadcasts).toContainEqual(received[0]);
  });

  it('a viewer whose connection to Redis is cut repeatedly misses nothing (6)', async () => {
    const [one, other] = openNodes();
    const { head: after } = await one.read(id);
    const reader = startReading(other, { id, after });
    for (const seq of range(1, 300)) {
      await one.append(id, [titled(seq)]);
      if (seq % 60 === 0) await nodes.server.run('CLIENT', 'KILL', 'TYPE', 'pubsub');
    }
    await reader.until(() => reader.events.at(-1)?.seq === 300);
    expect(seqsOf(reader)).toEqual(range(1, 300));
    expect(reader.resets).toEqual([]);
  });

  it('appends in flight when the writer’s connection is cut are applied once, in order (1)', async () => {
    const [one] = openNodes();
    const { head } = await one.read(id);
    const appends = [];
    for (const seq of range(1, 400)) {
      appends.push(one.append(id, [titled(seq)]));
      if (seq % 4 === 0) await iteration();
      if (seq % 100 === 50) await nodes.server.run('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    expect((await Promise.all(appends)).map(({ seq }) => seq)).toEqual(range(1, 400));
    const kept = await one.read(id);
    expect(kept.head).toEqual({ ...head, seq: 400 });
    expect(kept.events).toMatchObject(range(1, 400).map(titled));
  });

  it('an append whose reply was lost is sent again and keeps its first position (1)', async () => {
    const line = await startLossyConnection(nodes.server.url);
    const one = openNode({ url: line.path });
    const { head } = await one.read(id);
    for (const seq of [1, 3, 5]) {
      line.loseNextAnswer();
      const appended = one.append(id, [titled(seq), titled(seq + 1)]);
      expect(await appended).toEqual({ ...head, seq: seq + 1 });
    }
    expect((await one.read(id)).events).toMatchObject(range(1, 6).map(titled));
    await one.close();
    await line.close();
  });

  it('only conversations with viewers are subscribed to, and the last viewer ends the subscription', async () => {
    const [one, other] = openNodes();
    const channels = () => nodes.server.run('PUBSUB', 'SHARDCHANNELS', keyOf(':*'));
    const { head: after } = await one.read(id);
    await one.append(id, titles(2));
    expect(await channels()).toEqual([]);
    const readers = [startReading(other, { id, after }), startReading(other, { id, after })];
    await Promise.all(readers.map((reader) => reader.until(() => reader.events.length === 2)));
    expect(new Set((await channels()) as string[])).toEqual(new Set([keyOf(':live'), keyOf(':typing')]));
    for (const reader of readers) reader.abort();
    await other.check(); // on the same connection, after the viewers have left
    expect(await channels()).toEqual([]);
  });

  it('a log expires, and not before its lease', async () => {
    const [one] = openNodes();
    await one.append(id, titles(2));
    const ttlOf = async (ending = '') => Number(await nodes.server.run('PTTL', keyOf(ending)));
    for (const ending of ['', ':events']) {
      expect(await ttlOf(ending)).toBeGreaterThan(10 * 60_000);
      expect(await ttlOf(ending)).toBeLessThanOrEqual(20 * 60_000);
    }
    await one.acquireLease(id, 60 * 60_000);
    await one.append(id, titles(1));
    expect(await ttlOf()).toBeGreaterThan(59 * 60_000);
  });

  it('events that Redis has evicted are a gap, and their sequence numbers are not reused (6)', async () => {
    const [one, other] = openNodes();
    const position = await one.append(id, titles(3));
    await nodes.server.run('DEL', keyOf(':events'));
    const reader = startReading(other, { id, after: { ...position, seq: 1 } });
    await reader.until(() => reader.reads.length === 1);
    expect(reader.reads).toEqual([{ kind: 'reset', why: 'gap-not-kept', position }]);
    expect(await one.append(id, [titled(4)])).toEqual({ ...position, seq: 4 });
    await reader.until(() => reader.events.length === 1);
  });

  it('sequence numbers that a failed-over Redis has lost are not reused under their epoch (5)', async () => {
    const [one, other] = openNodes();
    const before = await one.append(id, titles(5));
    await nodes.server.run('HSET', keyOf(), 'seq', 3);
    await nodes.server.run('RPOP', keyOf(':events'), 2);
    const reader = startReading(other, { id, after: { ...before, seq: 3 } });
    const { epoch, seq } = await one.append(id, [titled(1)]);
    expect([epoch === before.epoch, seq]).toEqual([false, 1]);
    await reader.until(() => reader.resets.length === 1);
    expect(reader.events.every((event) => event.seq === 1)).toBe(true);
  });
});
