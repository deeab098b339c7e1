/** The part of the store's contract about the figures of the overview. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** A midnight far from those of other tests, whose stores may share one database. */
const midnight = () => Math.floor(1e7 + Math.random() * 1e7) * DAY_MS;

/** Adds the tests of figures. Called by `describeStore`. @param store that of the current test */
export function describeFigures(store: () => Store): void {
  it('several gateways add up, and what one of them writes again replaces what it has written', async () => {
    const [siteId, startMs] = [`site ${randomUUID()}`, midnight()];
    const row = (value: number, at = startMs) => ({ siteId, startMs: at, name: 'runs:stop', value });
    await store().figures.write('a', [row(1), row(2, startMs + MINUTE_MS)]);
    await store().figures.write('b', [row(10)]);
    for (let time = 0; time < 2; time += 1) await store().figures.write('a', [row(3)]);
    const read = (bucketMs: number) =>
      store().figures.read({ siteIds: [siteId], sinceMs: startMs, bucketMs });
    expect(await read(MINUTE_MS)).toEqual([
      { startMs, name: 'runs:stop', value: 13 },
      { startMs: startMs + MINUTE_MS, name: 'runs:stop', value: 2 },
    ]);
    expect(await read(HOUR_MS)).toEqual([{ startMs, name: 'runs:stop', value: 15 }]);
  });

  it('the figures of other sites, and of none, are read by nobody who asks for some', async () => {
    const [one, other, startMs] = [`one ${randomUUID()}`, `other ${randomUUID()}`, midnight()];
    const rows = [one, other, ''].map((siteId) => ({ siteId, startMs, name: 'errors:internal', value: 1 }));
    await store().figures.write(randomUUID(), rows);
    const read = async (siteIds: string[] | undefined) =>
      (await store().figures.read({ siteIds, sinceMs: startMs, bucketMs: DAY_MS }))
        .filter((each) => each.startMs === startMs)
        .map(({ value }) => value);
    expect([await read([one]), await read([one, other]), await read([]), await read(undefined)]).toEqual([
      [1],
      [2],
      [],
      [3],
    ]);
  });

  it('old minutes become hours and days with the same sums, however often and by whomever it is done', async () => {
    const [siteId, startMs] = [`site ${randomUUID()}`, midnight()];
    const rows = [0, MINUTE_MS, HOUR_MS, DAY_MS].map((offset) => ({
      ...{ siteId, startMs: startMs + offset, name: 'input-tokens', value: 1_000 },
    }));
    for (const writer of ['a', 'b']) await store().figures.write(writer, rows);
    const read = (bucketMs: number) =>
      store().figures.read({ siteIds: [siteId], sinceMs: startMs, bucketMs });
    const before = [await read(HOUR_MS), await read(DAY_MS)];
    for (const days of [0.5, 1, 5])
      await Promise.all([1, 2].map(() => store().figures.tidy(startMs + days * DAY_MS)));
    expect(await read(DAY_MS)).toEqual(before[1]);
    expect(before[1]).toMatchObject([{ value: 6_000 }, { value: 2_000 }]);
    expect(before[0]).toMatchObject([{ value: 4_000 }, { value: 2_000 }, { value: 2_000 }]);
    // They are days now: nothing finer is left.
    expect((await read(MINUTE_MS)).map((each) => each.startMs)).toEqual([startMs, startMs + DAY_MS]);
    await store().figures.tidy(startMs + 500 * DAY_MS);
    expect(await read(DAY_MS)).toEqual([]);
  });

  it('a gateway replaces what it said of itself, is listed by when it wrote, and is forgotten after a day', async () => {
    const [id, seenMs] = [randomUUID(), midnight()];
    const listed = async (sinceMs: number) =>
      (await store().figures.listNodes(sinceMs)).filter((each) => each.id === id);
    await store().figures.keepNode({ id, seenMs, body: { state: 'serving' } });
    const now = { id, seenMs: seenMs + 5, body: { state: 'draining', name: 'half an emoji \ud83d' } };
    await store().figures.keepNode(now);
    expect([await listed(now.seenMs), await listed(now.seenMs + 1)]).toEqual([[now], []]);
    await store().figures.tidy(seenMs + 2 * DAY_MS);
    expect(await listed(0)).toEqual([]);
  });
}
