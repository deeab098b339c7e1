/** What reading costs: the commands and the bytes that Redis is asked for. */
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { startLossyConnection } from '../testing/lossy-connection.ts';
import { range, startReading, titled } from '../testing/log-reader.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { sampleQuestion } from '../testing/samples.ts';
import type { EventLog } from './event-log.ts';
import { createRedisEventLog } from './redis.ts';

const TIMEOUT_MS = 60_000;
const READERS = 2_000;
/** A window of 600 KB. */
const EVENTS = 600;
const WINDOW_BYTES = EVENTS * 1_000;

let server: RedisServer;
let id: ConversationId;
let nodes: EventLog[];
const openNode = (url = server.url): EventLog => {
  const node = createRedisEventLog({ url });
  nodes.push(node);
  return node;
};
beforeAll(async () => {
  server = await startRedis('volatile');
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);
beforeEach(async () => {
  nodes = [];
  id = mintConversationId(randomBytes);
  const message = sampleQuestion('x'.repeat(1_000));
  const events = range(1, EVENTS).map(() => ({ ...message, id: mintMessageId(randomBytes) }));
  await openNode().append(
    id,
    events.map((each) => ({ type: 'message-added', message: each })),
  );
});
afterEach(() => Promise.all(nodes.map((node) => node.close())));

/** Counts the scripts that Redis executes and the bytes that it sends, from a moment at which all nodes are connected. */
async function startCounting() {
  await Promise.all(nodes.map((node) => node.check()));
  await server.run('CONFIG', 'RESETSTAT');
  return async () => {
    const info = String(await server.run('INFO', 'all'));
    const sum = (pattern: RegExp) =>
      [...info.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
    return {
      scripts: sum(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm),
      bytes: sum(/^total_net_output_bytes:(\d+)/gm),
    };
  };
}

describe('reading from Redis', { timeout: TIMEOUT_MS }, () => {
  it('2,000 readers that come together download one window, with a few commands', async () => {
    const node = openNode();
    const count = await startCounting();
    const all = await Promise.all(range(1, READERS).map(() => node.read(id)));
    const after = { epoch: all[0]?.head.epoch ?? '', seq: 1 };
    const followers = range(1, READERS).map(() => startReading(node, { id, after }));
    await Promise.all(followers.map((each) => each.until(() => each.events.length === EVENTS - 1)));
    await Promise.all(range(1, READERS).map(() => node.head(id)));
    expect(all.every(({ events }) => events === all[0]?.events)).toBe(true);
    const { scripts, bytes } = await count();
    expect(scripts).toBeLessThanOrEqual(8);
    expect(bytes).toBeLessThan(WINDOW_BYTES * 2);
  });

  it('viewers that return soon after the last one has left download only what is new', async () => {
    const [node, other] = [openNode(), openNode()];
    const first = startReading(node, { id, after: await node.head(id) });
    await node.read(id);
    first.abort();
    await first.ended;
    const count = await startCounting();
    const after = await other.append(id, [titled(1)]);
    const { events } = await node.read(id);
    const again = startReading(node, { id, after: { ...after, seq: EVENTS } });
    await again.until(() => again.events.length === 1);
    expect(events.map(({ seq }) => seq)).toEqual(range(1, EVENTS + 1));
    expect((await count()).bytes).toBeLessThan(WINDOW_BYTES / 4);
  });

  it('what another gateway has erased is not read from the copy', async () => {
    const [node, other] = [openNode(), openNode()];
    const before = await node.read(id);
    await other.erase(id);
    const { head, events } = await node.read(id);
    expect([head.epoch === before.head.epoch, head.seq, events]).toEqual([false, 0, []]);
  });

  it('an append does not wait for a window that is on its way', async () => {
    const line = await startLossyConnection(server.url);
    const node = openNode(line.path);
    await node.check();
    const window = line.holdNextLongAnswer();
    const reading = node.read(id);
    await window.held;
    expect((await node.append(id, [titled(1)])).seq).toBe(EVENTS + 1);
    window.release();
    expect((await reading).head.seq).toBeGreaterThanOrEqual(EVENTS);
    await node.close();
    await line.close();
  });
});
