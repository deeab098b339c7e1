/** Sharded channels whose slot is moved while the client has an older map of the slots. */
import { EventEmitter } from 'node:events';
import { Command, Redis, type Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedisCluster, type RedisCluster } from '../testing/redis-cluster.ts';
import { readAddress } from './redis-cluster.ts';
import { RedisClusterSubscriber } from './redis-cluster-subscriber.ts';

const TIMEOUT_MS = 60_000;
let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster('volatile');
}, TIMEOUT_MS);
afterAll(() => cluster.dispose(), TIMEOUT_MS);

const slotOf = (channel: string) => new Command('ssubscribe', [channel]).getSlot();

/** A subscriber over a map in which one node has all slots, and which is never refreshed by itself. */
function follow(owner: string) {
  const client = Object.assign(new EventEmitter(), {
    slots: Array.from({ length: 16_384 }, () => [owner]),
    refreshSlotsCache: vi.fn(),
  });
  const subscriber = new RedisClusterSubscriber({
    client: client as unknown as Cluster, // what the subscriber uses of it
    connectNode: (node) => new Redis({ ...readAddress(node), autoResubscribe: false }),
    slotOf,
    onError: () => undefined,
  });
  const messages: string[] = [];
  const ready: string[] = [];
  subscriber.onMessage((channel, message) => messages.push(`${channel} ${message}`));
  subscriber.onReady((isConcerned) => {
    ready.push(['a', 'b'].filter((channel) => isConcerned(channel)).join());
  });
  return { subscriber, client, messages, ready };
}
const nameOf = (index: number) => `127.0.0.1:${cluster.shards[index]?.port}`;
/** Moves the slot of a channel without keys. */
async function move(channel: string, from: number, to: number): Promise<void> {
  for (const index of [to, from, 3 - to - from])
    await cluster.shards[index]?.run(
      'CLUSTER',
      'SETSLOT',
      slotOf(channel),
      'NODE',
      cluster.shards[to]?.id ?? '',
    );
}
/** The slot of "a" is that of the last shard, that of "b" of the first. */
const [OF_A, OF_B] = [2, 0];

describe('a subscriber to a cluster', { timeout: TIMEOUT_MS }, () => {
  it('follows the nodes where its map is wrong, and reads nothing again for it', async () => {
    const { subscriber, messages, ready } = follow(nameOf(OF_B));
    for (const channel of ['b', 'a']) await subscriber.subscribe(channel);
    await cluster.shards[OF_A]?.run('SPUBLISH', 'a', 'one');
    await cluster.shards[OF_B]?.run('SPUBLISH', 'b', 'two');
    await vi.waitUntil(() => messages.length === 2);
    expect(messages.sort()).toEqual(['a one', 'b two']);
    expect(ready).toEqual(['b', 'a']); // the two connections
    subscriber.disconnect();
  });

  it('is told by a node that gives a slot away, before its map says so', async () => {
    const { subscriber, client, messages, ready } = follow(nameOf(OF_A));
    await subscriber.subscribe('a');
    await move('a', OF_A, 1);
    await vi.waitUntil(() => ready.length === 2);
    expect(ready).toEqual(['a', 'a']);
    expect(client.refreshSlotsCache).toHaveBeenCalled();
    await subscriber.subscribe('a');
    await cluster.shards[1]?.run('SPUBLISH', 'a', 'moved');
    await vi.waitUntil(() => messages.length === 1);
    client.emit('refresh'); // the same map: not a reason to go back
    await subscriber.keepAlive();
    await cluster.shards[1]?.run('SPUBLISH', 'a', 'again');
    await vi.waitUntil(() => messages.length === 2);
    expect(messages).toEqual(['a moved', 'a again']);
    subscriber.disconnect();
    await move('a', 1, OF_A);
  });

  it('leaves the channels of a node without slots, and what waits for it fails at once', async () => {
    const { subscriber, client, ready } = follow('127.0.0.1:1');
    const waiting = subscriber.subscribe('a');
    client.slots.fill([nameOf(OF_A)]);
    client.emit('refresh');
    await expect(waiting).rejects.toThrow('Connection is closed');
    expect(ready).toEqual(['a']);
    await subscriber.subscribe('a');
    await subscriber.unsubscribe('a');
    expect(await cluster.shards[OF_A]?.run('PUBSUB', 'SHARDNUMSUB', 'a')).toEqual(['a', 0]);
    subscriber.disconnect();
  });
});
