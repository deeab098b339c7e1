/** Replies without viewers, tested through complete gateways: one by itself, and two on one Redis. */
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { HttpProtocolClient, post } from '../testing/http-protocol-client.ts';
import { iteration } from '../testing/log-reader.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const AFTER_MS = 8_000;
const site = { id: 'demo', origins: ['*'], whenUnwatched: { abandonAfterMs: AFTER_MS } };
const TIMEOUT_MS = 60_000;

interface Node extends StartedGateway {
  clock: FakeClock;
  eventLog: EventLog;
}
const nodes: Node[] = [];
const open = async (options: Partial<GatewayOptions> = {}): Promise<Node> => {
  const clock = createFakeClock(Date.now());
  const { eventLog = createMemoryEventLog({ clock }) } = options;
  const node = { ...(await startGateway({ sites: [site], clock, ...options, eventLog })), clock, eventLog };
  nodes.push(node);
  return node;
};
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(stop));
});

/** Stops a node. Its shutdown waits on its fake clock, so the clock is advanced until the node has stopped. */
async function stop(node: Node): Promise<void> {
  const advance = async (): Promise<undefined> => {
    node.clock.advance(1_000);
    await iteration();
  };
  const stopped = node.stop().then(() => 'stopped');
  while ((await Promise.race([stopped, advance()])) === undefined);
}

/** Starts a reply, and returns it with its viewer and with what another viewer needs to subscribe. */
async function begin(node: Node) {
  const client = await ProtocolClient.connect(node.url);
  const { token = '' } = await client.received('welcome');
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  const scene = await node.provider.next();
  scene.emitText('So far');
  await client.until(() => client.text === 'So far');
  const aborted = new Promise<void>((resolve) => {
    scene.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  return { client, token, conversationId, scene, aborted };
}

const isWatched = (node: Node, id: ConversationId) =>
  vi.waitFor(async () => {
    expect(await node.eventLog.unwatchedForMs(id)).toBe(0);
  });
/** @returns for how long the conversation has had no viewers: a few milliseconds. */
const everybodyLeft = (node: Node, id: ConversationId) =>
  vi.waitFor(async () => {
    node.clock.advance(1);
    const goneMs = await node.eventLog.unwatchedForMs(id);
    expect(goneMs).toBeGreaterThan(0);
    return goneMs;
  });

/** Advances the clock in steps, so that a check gets its answer before the next one is due. */
async function pass(node: Node, ms: number): Promise<void> {
  for (let step = 0; step < 8; step += 1) {
    node.clock.advance(ms / 8);
    await iteration();
  }
}
/** Longer than the limit, by more than one step of `pass`. */
const LONG_MS = 1.5 * AFTER_MS;

describe('a reply without viewers', () => {
  it('is finished by default, and no viewers are tracked in the event log', async () => {
    const node = await open({ sites: [{ id: 'demo', origins: ['*'] }] });
    const watch = vi.spyOn(node.eventLog, 'watch');
    const ask = vi.spyOn(node.eventLog, 'unwatchedForMs');
    const { client, token, conversationId, scene } = await begin(node);
    await client.cut();
    await pass(node, 3 * AFTER_MS);
    scene.emitText(', and on.');
    scene.finish();
    const back = await ProtocolClient.connect(node.url, { token, subscriptions: [{ conversationId }] });
    await back.until(() => back.text === 'So far, and on.');
    expect([watch.mock.calls, ask.mock.calls]).toEqual([[], []]);
  });

  it('is aborted on a site that abandons such replies, and its text is kept', async () => {
    const node = await open();
    const { client, token, conversationId, aborted } = await begin(node);
    await client.cut();
    await everybodyLeft(node, conversationId);
    await pass(node, LONG_MS);
    await aborted;
    const back = await ProtocolClient.connect(node.url, { token, subscriptions: [{ conversationId }] });
    await back.until(() => back.view?.conversation.messages.at(-1)?.run?.reason === 'aborted');
    expect(back.text).toBe('So far');
  });

  it('continues when a viewer returns in time', async () => {
    const node = await open();
    const { client, token, conversationId, scene } = await begin(node);
    await client.cut();
    const goneMs = await everybodyLeft(node, conversationId);
    await pass(node, AFTER_MS - 1 - goneMs);
    const back = await ProtocolClient.connect(node.url, { token, subscriptions: [{ conversationId }] });
    await back.received('synced');
    await pass(node, AFTER_MS - 1);
    scene.emitText(', and on.');
    scene.finish();
    expect(await back.received('run-finished')).toMatchObject({ reason: 'stop' });
  });

  it.each(['sse', 'poll'] as const)(
    'is not without viewers while a client follows it over %s',
    async (mode) => {
      const node = await open();
      const { client, token, conversationId, aborted } = await begin(node);
      const follower = await HttpProtocolClient.connect(node.url, mode, { token, follow: conversationId });
      await client.cut();
      expect(await node.eventLog.unwatchedForMs(conversationId)).toBe(0);
      follower.cut();
      await everybodyLeft(node, conversationId);
      await pass(node, LONG_MS);
      await aborted;
    },
  );

  it('is not without viewers while an HTTP caller waits for the whole answer', async () => {
    const node = await open();
    const conversationId = mintConversationId(randomBytes);
    const caller = new AbortController();
    const path = `${node.url}/v1/conversations/${conversationId}/messages`;
    const answer = post(path, { text: 'Hello?' }, { signal: caller.signal });
    const { signal } = await node.provider.next();
    await isWatched(node, conversationId);
    await pass(node, LONG_MS);
    caller.abort();
    await expect(answer).rejects.toThrow();
    await everybodyLeft(node, conversationId);
    expect(signal.aborted).toBe(false);
    await pass(node, LONG_MS);
    await vi.waitFor(() => {
      expect(signal.aborted).toBe(true);
    });
  });

  it('is aborted also while it waits in the run queue', async () => {
    const node = await open();
    const { client, token, conversationId } = await begin(node);
    const parts = [{ type: 'text' as const, text: 'And then?' }];
    const messageId = mintMessageId(randomBytes);
    await client.answer(client.send({ type: 'send-message', conversationId, messageId, parts }));
    await client.cut();
    await everybodyLeft(node, conversationId);
    await pass(node, LONG_MS);
    const back = await ProtocolClient.connect(node.url, { token, subscriptions: [{ conversationId }] });
    const reasons = () => back.view?.conversation.messages.flatMap(({ run }) => run?.reason ?? []);
    await back.until(() => reasons()?.length === 2);
    expect(reasons()).toEqual(['aborted', 'aborted']);
  });

  it('is finished by a draining gateway, which disconnects its viewers itself', async () => {
    const node = await open({ limits: { drainMs: 60_000 } });
    const { client, conversationId, scene } = await begin(node);
    const drained = node.gateway.drain();
    await client.cut();
    await everybodyLeft(node, conversationId);
    await pass(node, LONG_MS);
    expect(await node.eventLog.unwatchedForMs(conversationId)).toBeGreaterThan(AFTER_MS);
    expect(scene.signal.aborted).toBe(false);
    scene.finish();
    await drained;
  });
});

describe('a reply on one of two gateways', { timeout: TIMEOUT_MS }, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis('volatile');
  }, TIMEOUT_MS);
  afterAll(() => server.dispose(), TIMEOUT_MS);

  const openTwo = async () => {
    const store = createMemoryStore();
    const openOne = () => open({ store, eventLog: createRedisEventLog({ url: server.url }) });
    return Promise.all([openOne(), openOne()]);
  };
  /** Redis uses its own clock, so the expiry times of its watches are moved instead. */
  const passOnAll = async (id: ConversationId, ms: number, ...living: Node[]) => {
    const key = `rivulet:{${id}}:watches`;
    const watches = (await server.run('ZRANGE', key, 0, -1)) as string[]; // what ZRANGE answers
    for (const watch of watches) await server.run('ZINCRBY', key, -ms, watch);
    for (const { clock } of living) clock.advance(ms);
  };
  /** Starts a reply on one gateway whose only viewer is connected to the other gateway. */
  const watchFromTheOther = async ([one, other]: [Node, Node]) => {
    const begun = await begin(one);
    const { client, token, conversationId } = begun;
    const viewer = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    await viewer.received('synced');
    const watches = () => server.run('ZCARD', `rivulet:{${conversationId}}:watches`);
    await vi.waitFor(async () => {
      expect(await watches()).toBe(2);
    });
    await client.cut();
    await passOnAll(conversationId, 1_000);
    return { ...begun, viewer };
  };

  it('continues while the other gateway has a viewer, and is aborted when that viewer has left', async () => {
    const [one, other] = await openTwo();
    const { viewer, conversationId, scene, aborted } = await watchFromTheOther([one, other]);
    const ask = vi.spyOn(one.eventLog, 'unwatchedForMs');
    for (let step = 1; step <= 5; step += 1) {
      await passOnAll(conversationId, AFTER_MS / 2, one, other);
      await isWatched(other, conversationId);
    }
    for (const { value } of ask.mock.results) expect(await value).toBe(0);
    expect(ask.mock.calls.length).toBeGreaterThan(1);
    expect(scene.signal.aborted).toBe(false);
    await viewer.cut();
    await everybodyLeft(other, conversationId);
    await passOnAll(conversationId, AFTER_MS, one, other);
    await passOnAll(conversationId, AFTER_MS, one, other);
    await aborted;
  });

  it('is aborted when the other gateway dies with its viewers, after their watches have expired', async () => {
    const [one, other] = await openTwo();
    const { conversationId, scene, aborted } = await watchFromTheOther([one, other]);
    await passOnAll(conversationId, 7_000, one);
    expect(await one.eventLog.unwatchedForMs(conversationId)).toBe(0);
    expect(scene.signal.aborted).toBe(false);
    await passOnAll(conversationId, 2_000 + AFTER_MS, one);
    await aborted;
  });
});
