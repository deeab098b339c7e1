import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics, randomBytes, silentLogger } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createPostgresStore } from '../stores/postgres.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import type { WebhookSettings } from './settings.ts';
import { verifyWebhook } from './signature.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 120_000;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => postgres.dispose(), TIMEOUT_MS);

const file = join(mkdtempSync(join(tmpdir(), 'rivulet-hooks-')), 'db');
const STORES: Record<string, () => Store | Promise<Store>> = {
  memory: () => createMemoryStore(),
  SQLite: () => createSqliteStore({ file }),
  Postgres: () => createPostgresStore({ connectionString: postgres.connectionString, poolSize: 4 }),
};

let clock: FakeClock;
let receiver: WebhookReceiver;
let opened: Webhooks[];
beforeEach(async () => {
  clock = createFakeClock();
  receiver = await startWebhookReceiver();
  opened = [];
});
afterEach(async () => {
  for (const webhooks of opened) webhooks.close();
  await receiver.stop();
});

/** The webhooks of one gateway. */
function open(
  store: Pick<Store, 'webhooks' | 'retention'>,
  changes: Partial<WebhookSettings> = {},
): Webhooks {
  const webhooks = createWebhooks({
    webhooks: [{ url: receiver.url, secret, allowPrivate: true, ...changes }],
    ...{ store, clock, random: randomBytes, logger: silentLogger, metrics: createMetrics() },
  });
  opened.push(webhooks);
  return webhooks;
}

/** Lets a time pass, in steps in which everything that is due is sent. */
async function pass(minutes: number): Promise<void> {
  for (let step = 0; step < minutes * 6; step += 1) {
    clock.advance(MINUTE_MS / 6);
    for (const webhooks of opened) await webhooks.settled();
  }
}

/** The store as a gateway sees it that dies when it has sent what it took: nothing of that is written, and its claim stays. */
const dyingStore = ({ webhooks, retention }: Store) =>
  ({
    webhooks: { ...webhooks, remove: () => Promise.reject(new Error('it is dead')) },
    retention: {
      ...retention,
      claimJob: (claim) => retention.claimJob(claim),
      finishJob: () => Promise.reject(new Error('it is dead')),
    },
  }) as Pick<Store, 'webhooks' | 'retention'>;

const rate = (conversationId: string, comment: string) => ({
  ...{ type: 'conversation.rated' as const, siteId: 'shop', conversationId, messageId: 'm' },
  ...{ value: 'down' as const, comment },
});
/** What was accepted, once for each id, verified. */
const accepted = (at = receiver) =>
  at.received
    .filter(({ status }) => status === 200)
    .map(({ headers, body }) =>
      verifyWebhook({ headers, body, secret, nowMs: clock.now(), toleranceS: 1e9 }),
    );
const commentsOf = (conversationId: string) =>
  accepted()
    .filter(({ data }) => data.conversationId === conversationId)
    .map(({ data }) => data.comment);

describe.each(Object.keys(STORES))('webhooks on %s', { timeout: TIMEOUT_MS }, (name) => {
  let store: Store;
  beforeEach(async () => {
    store = await STORES[name]!();
  });
  afterEach(() => store.close());

  it('whose receiver is down for an hour are all delivered once it returns, in order per conversation, each id once (16.6)', async () => {
    const conversations = Array.from({ length: 5 }, (_, index) => `c_${name}_${index}`);
    const webhooks = open(store);
    const told: string[] = [];
    const other = open(store); // a second gateway on the same store
    for (const each of opened) each.start();
    await receiver.stop();
    for (let minute = 0; minute < 60; minute += 1) {
      for (const id of conversations) {
        told.push(`${minute}`);
        await (minute % 2 === 0 ? webhooks : other).emit(rate(id, `${minute}`));
      }
      await pass(1);
    }
    const { waiting } = await store.webhooks.count();
    expect(waiting).toBe(told.length);
    const sinceMs = clock.now();
    await receiver.restart();
    while ((await store.webhooks.count()).waiting > 0) await pass(1);
    for (const id of conversations)
      expect(commentsOf(id)).toEqual(Array.from({ length: 60 }, (_, minute) => `${minute}`));
    const ids = accepted().map(({ id }) => id);
    expect([ids.length, new Set(ids).size, await webhooks.listDead({ limit: 9, after: 0 })]).toEqual([
      300,
      300,
      [],
    ]);
    console.log(
      `${name}: receiver down for 60 min, ${waiting} waiting; delivered ${ids.length}, reordered 0, repeated ${ids.length - new Set(ids).size}, ${(clock.now() - sinceMs) / MINUTE_MS} min after its return`,
    );
  });

  it('whose gateway dies between the delivery and its record are delivered again under the same id', async () => {
    const dying = open({
      ...store,
      webhooks: { ...store.webhooks, remove: () => Promise.reject(new Error()) },
    });
    await dying.emit(rate(`c_${name}_dying`, 'once'));
    await dying.settled();
    dying.close();
    opened = [];
    const next = open(store);
    await next.settled();
    await expect.poll(async () => (await store.webhooks.count()).waiting).toBe(0);
    const ids = accepted().map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });

  it('which are refused twenty times are dead letters, hold back nothing for ever, and can be sent again', async () => {
    receiver.answer = ({ body }) => (body.includes('"poison"') ? 500 : 200);
    const webhooks = open(store);
    webhooks.start();
    const id = `c_${name}_poison`;
    for (const comment of ['poison', 'later']) await webhooks.emit(rate(id, comment));
    await webhooks.emit(rate(`${id}2`, 'other'));
    await webhooks.settled();
    expect([commentsOf(id), commentsOf(`${id}2`)]).toEqual([[], ['other']]);
    await pass(16 * 60);
    expect(commentsOf(id)).toEqual(['later']);
    const [letter] = await webhooks.listDead({ limit: 9, after: 0 });
    expect(letter).toMatchObject({ attempts: 20, problem: 'It answers with status 500.' });
    expect(letter).toMatchObject({
      origin: new URL(receiver.url).origin,
      event: { data: { comment: 'poison' } },
    });
    receiver.answer = () => 200;
    expect(await webhooks.redeliver([letter!.id])).toBe(1);
    await webhooks.settled();
    expect(commentsOf(id)).toEqual(['later', 'poison']);
    expect(accepted().at(-1)?.id).toBe(letter?.id);
  });
});

describe.each(['SQLite', 'Postgres'])('webhooks on %s', { timeout: TIMEOUT_MS }, (name) => {
  let store: Store;
  beforeEach(async () => {
    store = await STORES[name]!();
  });
  afterEach(() => store.close());
  const restart = async () => {
    for (const webhooks of opened) webhooks.close();
    opened = [];
    await store.close();
    store = await STORES[name]!();
  };

  it('of an hour are also all delivered after a restart in the middle, when one of two gateways dies while it delivers (16.6)', async () => {
    const conversations = Array.from({ length: 5 }, (_, index) => `c_${name}_restart_${index}`);
    const minutes = Array.from({ length: 60 }, (_, minute) => `${minute}`);
    await receiver.stop();
    for (const minute of minutes) {
      if (minute === '30') await restart();
      for (const id of conversations) await (opened[0] ?? open(store)).emit(rate(id, minute));
      await pass(1);
    }
    const other = await STORES[name]!();
    for (const each of opened) each.close();
    const dying = open(dyingStore(other));
    opened = [dying];
    await receiver.restart();
    clock.advance(6 * MINUTE_MS);
    await dying.settled();
    // One of each conversation was sent at once.
    await expect.poll(() => receiver.received.length).toBe(conversations.length);
    dying.close();
    opened = [];
    open(store).start();
    while ((await store.webhooks.count()).waiting > 0) await pass(1);
    await other.close();
    const ids = accepted().map(({ id }) => id);
    const repeated = ids.length - new Set(ids).size;
    for (const id of conversations) expect([...new Set(commentsOf(id))]).toEqual(minutes);
    expect([new Set(ids).size, repeated]).toEqual([300, conversations.length]);
    console.log(
      `${name}: restart after 30 min, then one of two gateways dies; delivered ${ids.length - repeated}, reordered 0, repeated ${repeated}, each under its id`,
    );
  });
});

describe('a webhook', () => {
  it('is for the events and the sites that it names, and has no text of messages unless it says so', async () => {
    const store = createMemoryStore();
    const some = open(store, { events: ['conversation.started'], sites: ['shop'] });
    const started = { type: 'conversation.started' as const, conversationId: 'c_1', text: 'Hello' };
    await some.emit({ ...started, siteId: 'blog' });
    await some.emit({ type: 'upstream.failing', upstream: 'host model', failures: 9, calls: 9 });
    await some.emit(rate('c_1', 'no'));
    await some.emit({ ...started, siteId: 'shop' });
    await some.settled();
    const ids = { siteId: 'shop', conversationId: 'c_1' };
    expect(accepted().map(({ type, data }) => ({ type, data }))).toEqual([{ type: started.type, data: ids }]);
    const all = open(store, { include: 'text' });
    await all.emit({ ...started, siteId: 'shop', conversationId: 'c_2' });
    await all.settled();
    expect(accepted().at(-1)?.data).toMatchObject({ conversationId: 'c_2', text: 'Hello' });
  });

  it('is not sent to a private address, and a redirect is not followed', async () => {
    const store = createMemoryStore();
    for (const url of [receiver.url, receiver.url.replace('127.0.0.1', 'localhost')]) {
      const guarded = open(store, { url, allowPrivate: false });
      await guarded.emit(rate('c_1', 'secret'));
      await guarded.settled();
      guarded.close();
    }
    expect(receiver.received).toEqual([]);
    receiver.answer = () => 307;
    const redirected = open(store);
    await redirected.emit(rate('c_2', 'here'));
    await redirected.settled();
    expect(receiver.received).toHaveLength(1);
  });

  it('waits three days for an endpoint that is away, and is given up then', async () => {
    const store = createMemoryStore();
    receiver.answer = () => 'drop';
    const webhooks = open(store);
    webhooks.start();
    await webhooks.emit(rate('c_1', 'too late'));
    await pass(5);
    clock.advance(3 * 24 * 60 * MINUTE_MS);
    await pass(2);
    const dead = await webhooks.listDead({ limit: 9, after: 0 });
    expect(dead).toMatchObject([{ problem: 'It was not delivered in time.' }]);
  });
});
