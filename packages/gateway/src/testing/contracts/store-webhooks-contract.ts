/** The part of the store's contract about the outbox of webhooks. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';
import type { NewDelivery, OutboxBounds } from '../../stores/webhook-outbox.ts';
import { SAMPLE_MS } from '../samples.ts';

/** Adds the tests of the outbox. Called by `describeStore`. @param store that of the current test */
export function describeWebhooks(store: () => Store): void {
  // The stores of the tests may share one database, so each test has endpoints of its own.
  const sample = (changes: Partial<NewDelivery> = {}): NewDelivery => ({
    eventId: `evt ${randomUUID()}`,
    endpoint: 'shared',
    orderKey: 'c_1',
    body: '{"text":"half \\ud83d and \\u0000"}',
    atMs: SAMPLE_MS,
    ...changes,
  });
  const due = (endpoint: string, nowMs = SAMPLE_MS, limit = 9) =>
    store().webhooks.listDue(endpoint, nowMs, limit);
  const idsOf = async (endpoint: string, nowMs = SAMPLE_MS) =>
    (await due(endpoint, nowMs)).map(({ eventId }) => eventId);
  const failed = { attempts: 1, refusals: 1, problem: 'It answers with status 500.', deadAtMs: null };
  const unbounded: OutboxBounds = {
    nowMs: SAMPLE_MS,
    queuedBeforeMs: 0,
    maxWaiting: 1_000_000,
    deadBeforeMs: 0,
    maxDead: 1_000_000,
  };

  it('lists the first delivery of each key of an endpoint, as it was added; an id is added once', async () => {
    const endpoint = randomUUID();
    const [one, second] = [sample({ endpoint }), sample({ endpoint })];
    const other = sample({ endpoint, orderKey: 'c_10' });
    await store().webhooks.add([one, second, { ...one, body: 'again' }]);
    await store().webhooks.add([other, { ...one, endpoint: `${endpoint} 2` }]);
    const { atMs, ...same } = one;
    const fresh = { queuedAtMs: atMs, attempts: 0, refusals: 0, problem: null, deadAtMs: null };
    expect((await due(endpoint))[0]).toEqual({ ...same, ...fresh, id: expect.any(Number) as number });
    expect(await idsOf(endpoint)).toEqual([one.eventId, other.eventId]);
    expect(await due(endpoint, SAMPLE_MS, 1)).toHaveLength(1);
    expect(await idsOf(endpoint, SAMPLE_MS - 1)).toEqual([]);
  });

  it('what is postponed holds back its key and no other, until it is removed or given up', async () => {
    const endpoint = randomUUID();
    const [one, second, third] = [sample({ endpoint }), sample({ endpoint }), sample({ endpoint })];
    const other = sample({ endpoint, orderKey: 'c_2' });
    await store().webhooks.add([one, second, third, other]);
    const id = (await due(endpoint))[0]?.id ?? 0;
    await store().webhooks.change({ id, retryAtMs: SAMPLE_MS + 5, ...failed });
    expect(await idsOf(endpoint)).toEqual([other.eventId]);
    expect(await due(endpoint, SAMPLE_MS + 5)).toMatchObject([{ id, ...failed }, { orderKey: 'c_2' }]);
    await store().webhooks.remove(id);
    expect(await idsOf(endpoint)).toEqual([second.eventId, other.eventId]);
    const next = (await due(endpoint))[0]?.id ?? 0;
    await store().webhooks.change({ id: next, retryAtMs: 0, ...failed, deadAtMs: SAMPLE_MS });
    expect(await idsOf(endpoint)).toEqual([third.eventId, other.eventId]);
  });

  it('an endpoint that is back gets at once what it has never refused', async () => {
    const endpoint = randomUUID();
    const [away, refused] = [sample({ endpoint }), sample({ endpoint, orderKey: 'c_2' })];
    await store().webhooks.add([away, refused]);
    for (const { id, eventId } of await due(endpoint)) {
      const refusals = eventId === refused.eventId ? 1 : 0;
      await store().webhooks.change({ id, retryAtMs: SAMPLE_MS + 60_000, ...failed, refusals });
    }
    await store().webhooks.wake(endpoint, SAMPLE_MS + 1);
    expect(await idsOf(endpoint, SAMPLE_MS + 1)).toEqual([away.eventId]);
  });

  it('says of each endpoint what waits, since when, why, and what was given up', async () => {
    const endpoint = randomUUID();
    const find = async () =>
      (await store().webhooks.listEndpoints()).find((each) => each.endpoint === endpoint);
    expect(await find()).toBeUndefined();
    const later = sample({ endpoint, orderKey: 'c_2', atMs: SAMPLE_MS + 1 });
    await store().webhooks.add([sample({ endpoint }), later]);
    const waiting = { endpoint, waiting: 2, dead: 0, oldestAtMs: SAMPLE_MS };
    expect(await find()).toEqual({ ...waiting, problem: null });
    const [first, second] = (await due(endpoint, SAMPLE_MS + 1)).map(({ id }) => id) as [number, number];
    await store().webhooks.change({ id: second, retryAtMs: 0, ...failed });
    expect(await find()).toEqual({ ...waiting, problem: failed.problem });
    await store().webhooks.change({ id: first, retryAtMs: 0, ...failed, deadAtMs: SAMPLE_MS });
    const left = { waiting: 1, dead: 1, oldestAtMs: SAMPLE_MS + 1, problem: failed.problem };
    expect(await find()).toEqual({ endpoint, ...left });
    await store().webhooks.change({ id: second, retryAtMs: 0, ...failed, deadAtMs: SAMPLE_MS });
    expect(await find()).toMatchObject({ waiting: 0, dead: 2, oldestAtMs: null, problem: null });
  });

  it('what was given up is listed in pages, and can be put back as new', async () => {
    const endpoint = randomUUID();
    const all = [sample({ endpoint }), sample({ endpoint, orderKey: 'c_2' })];
    await store().webhooks.add(all);
    const found = await due(endpoint);
    for (const { id } of found)
      await store().webhooks.change({ id, retryAtMs: 0, ...failed, deadAtMs: SAMPLE_MS + 1 });
    expect(await due(endpoint)).toEqual([]);
    const before = (found[0]?.id ?? 0) - 1;
    const dead = await store().webhooks.listDead(1, before);
    expect(dead).toMatchObject([{ eventId: all[0]?.eventId, ...failed, deadAtMs: SAMPLE_MS + 1 }]);
    expect(await store().webhooks.redeliver(SAMPLE_MS + 2, [all[1]!.eventId, 'unknown'])).toBe(1);
    expect(await due(endpoint, SAMPLE_MS + 2)).toMatchObject([
      { eventId: all[1]?.eventId, attempts: 0, refusals: 0, problem: null, queuedAtMs: SAMPLE_MS + 2 },
    ]);
    expect(await store().webhooks.redeliver(SAMPLE_MS + 3)).toBeGreaterThanOrEqual(1);
    expect(await idsOf(endpoint, SAMPLE_MS + 3)).toHaveLength(2);
  });

  it('is bounded by age and number, and forgets all of a conversation', async () => {
    const [endpoint, orderKey] = [randomUUID(), `c_${randomUUID()}`];
    await store().webhooks.trim({ ...unbounded, maxWaiting: 0 });
    await store().webhooks.trim({ ...unbounded, maxDead: 0 });
    const ages = [0, 1, 2, 3].map((age) => sample({ endpoint, orderKey: `${orderKey}${age}`, atMs: age }));
    await store().webhooks.add(ages);
    expect(await store().webhooks.trim({ ...unbounded, queuedBeforeMs: 1, maxWaiting: 2 })).toBe(2);
    expect(await idsOf(endpoint)).toEqual(ages.slice(2).map(({ eventId }) => eventId));
    expect(await store().webhooks.count()).toEqual({ waiting: 2, dead: 2 });
    await store().webhooks.trim({ ...unbounded, maxDead: 1 });
    expect(await store().webhooks.listDead(9)).toMatchObject([{ eventId: ages[1]?.eventId }]);
    await store().webhooks.trim({ ...unbounded, deadBeforeMs: SAMPLE_MS + 1 });
    await store().webhooks.forget([`${orderKey}2`, 'other']);
    expect(await store().webhooks.count()).toEqual({ waiting: 1, dead: 0 });
    await store().webhooks.forget([`${orderKey}3`]);
  });
}
