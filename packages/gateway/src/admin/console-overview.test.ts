/** The overview over HTTP: what was counted survives a restart, and users of one site see that site only. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { FIGURES_INTERVAL_MS } from './console-nodes.ts';
import { sha256 } from './console-users.ts';
import type { OverviewFigures } from './overview-figures.ts';
import { overviewOf, sinceMsOf } from './overview-figures.ts';

const sites = ['shop', 'blog'].map((id) => ({ id, origins: ['self'] }));
const adminUsers = [
  { name: 'all', role: 'viewer' as const, tokenHash: sha256('all') },
  { name: 'blog', role: 'viewer' as const, tokenHash: sha256('blog'), sites: ['blog'] },
];

interface Overview {
  live: { connections: number; runs: number };
  total: OverviewFigures;
  buckets: (OverviewFigures & { atMs: number })[];
  spent: { siteId: string; tokens: number }[];
  nodes: { state: string }[] | null;
}

async function read(url: string, token: string, query = ''): Promise<Overview> {
  const headers = { 'x-rivulet-console': '1' };
  const login = await fetch(`${url}/admin/api/login`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ token }) },
  });
  const cookie = login.headers.getSetCookie()[0] ?? '';
  const response = await fetch(`${url}/admin/api/overview${query}`, { headers: { cookie } });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Overview;
}

/** Wraps a store in memory, which another gateway can use once its first one has closed it. */
const surviving = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** One answer on a site, with its rating. */
async function converse({ url, provider }: StartedGateway, site: string): Promise<ProtocolClient> {
  const client = await ProtocolClient.connect(url, { site });
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello?' }] });
  const scene = await provider.next();
  scene.emitText('An answer.');
  scene.finish();
  await client.received('run-finished');
  const messageId = client.view!.conversation.messages[1]!.id;
  client.send({ type: 'feedback', conversationId: ids.conversationId, messageId, value: 'down' });
  await client.received('feedback');
  return client;
}

const start = (store: Store, clock: FakeClock) =>
  startGateway({ sites, adminUsers, store: surviving(store), clock, limits: { drainMs: 1 } });

it('shows what was counted before a restart, with the gateway that has stopped', async () => {
  const [store, clock] = [createMemoryStore(), createFakeClock()];
  const first = await start(store, clock);
  await converse(first, 'shop');
  const stopped = first.stop();
  clock.advance(2_000);
  await stopped;
  const second = await start(store, clock);
  const { total, buckets, nodes } = await read(second.url, 'all', '?span=hour');
  expect(total).toMatchObject({ runs: { stop: 1 }, feedback: { down: 1 }, firstDelta: { count: 1 } });
  expect(buckets).toHaveLength(60);
  expect(buckets.filter(({ runs }) => runs.stop === 1)).toHaveLength(1);
  expect(nodes?.map(({ state }) => state).toSorted()).toEqual(['serving', 'stopped']);
  await second.stop();
});

it('shows what is open, and users of one site neither the other sites nor the gateways', async () => {
  const [store, clock] = [createMemoryStore(), createFakeClock()];
  const started = await start(store, clock);
  await converse(started, 'shop');
  await ProtocolClient.connect(started.url, { site: 'blog' });
  clock.advance(FIGURES_INTERVAL_MS);
  const [all, shop, blog] = [
    await read(started.url, 'all'),
    await read(started.url, 'all', '?site=shop'),
    await read(started.url, 'blog'),
  ];
  expect([all, shop, blog].map(({ live }) => live.connections)).toEqual([2, 1, 1]);
  expect([all, shop, blog].map(({ total }) => total.runs)).toEqual([{ stop: 1 }, { stop: 1 }, {}]);
  expect([all, shop, blog].map(({ spent }) => spent.map(({ siteId }) => siteId))).toEqual([
    ['shop', 'blog'],
    ['shop'],
    ['blog'],
  ]);
  expect([all.nodes?.length, blog.nodes]).toEqual([1, null]);
  expect(JSON.stringify(blog)).not.toContain('shop');
  await expect(read(started.url, 'blog', '?site=shop')).rejects.toThrow('404');
  await started.stop();
});

it('reads percentiles from the histogram with the range in which they are', () => {
  const nowMs = 1_700_000_000_000;
  const startMs = sinceMsOf('day', nowMs);
  const sums = [
    { startMs, name: 'first-delta:40', value: 98 },
    { startMs, name: 'first-delta:60', value: 1 },
    { startMs, name: 'first-delta:88', value: 1 },
    { startMs, name: 'connections-ms', value: 7_200_000 },
  ];
  const { total, buckets } = overviewOf(sums, { span: 'day', nowMs });
  expect(total.firstDelta).toMatchObject({
    count: 100,
    p50: { toMs: 0.1 * 2 ** 10 },
    p99: { toMs: 0.1 * 2 ** 15 },
  });
  expect(buckets[0]).toMatchObject({ atMs: startMs, connections: 2, activeRuns: 0 });
  expect(buckets).toHaveLength(24);
});
