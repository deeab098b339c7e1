/** The part of the store's contract about revoked tokens. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Revocation, Store } from '../../stores/store.ts';
import { SAMPLE_MS } from '../samples.ts';

/** Adds the tests of revocations. Called by `describeStore`. @param store that of the current test */
export function describeRevocations(store: () => Store): void {
  // The stores of the tests may share one database, so each test has a site of its own.
  const sample = (changes: Partial<Revocation> = {}): Revocation => ({
    siteId: `site ${randomUUID()}`,
    kind: 'owner',
    id: 'u_ann',
    atMs: SAMPLE_MS,
    untilMs: SAMPLE_MS + 1_000,
    ...changes,
  });
  const listed = async (siteId: string, sinceMs = 0) =>
    (await store().listRevocations(sinceMs)).filter((each) => each.siteId === siteId);

  it('a revocation is listed since its time, and others are told apart by site, kind and id', async () => {
    const one = sample();
    const others = [
      { ...one, kind: 'token' as const },
      { ...one, id: 'u_ann2' },
    ];
    for (const each of [one, ...others]) await store().addRevocation(each);
    expect(await listed(one.siteId)).toHaveLength(3);
    expect(await listed(one.siteId, SAMPLE_MS)).toContainEqual(one);
    expect(await listed(one.siteId, SAMPLE_MS + 1)).toEqual([]);
  });

  it('a second revocation of the same counts from the later time, in whatever order they arrive', async () => {
    const early = sample();
    const late = { ...early, atMs: SAMPLE_MS + 5, untilMs: SAMPLE_MS + 2_000 };
    for (const each of [early, late, early]) await store().addRevocation(each);
    expect(await listed(early.siteId)).toEqual([late]);
  });

  it('a revocation is forgotten when its time is over, not before', async () => {
    const one = sample();
    await store().addRevocation(one);
    await store().forgetRevocations(one.untilMs);
    expect(await listed(one.siteId)).toEqual([one]);
    await store().forgetRevocations(one.untilMs + 1);
    expect(await listed(one.siteId)).toEqual([]);
  });

  it('erasing an owner keeps the revocation of its tokens', async () => {
    const one = sample();
    await store().addRevocation(one);
    await store().eraseOwner({ siteId: one.siteId, ownerId: one.id });
    expect(await listed(one.siteId)).toEqual([one]);
  });
}
