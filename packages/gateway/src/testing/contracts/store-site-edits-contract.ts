/** The part of the store's contract about edited settings of sites. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SiteEdit } from '../../stores/site-edits.ts';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS } from '../samples.ts';

/** Adds the tests of edits. Called by `describeStore`. @param store that of the current test */
export function describeSiteEdits(store: () => Store): void {
  // The stores of the tests may share one database, so each test has sites of its own.
  const sample = (changes: Partial<SiteEdit> = {}): SiteEdit => ({
    siteId: `site ${randomUUID()}`,
    revision: 1,
    settings: { systemPrompt: 'You are "brief".\n', 'budgets.visitor.tokensPerDay': 10, model: null },
    userName: 'ann',
    atMs: SAMPLE_MS,
    ...changes,
  });
  const listed = async (siteId: string) =>
    (await store().siteEdits.list()).filter((each) => each.siteId === siteId);

  it('the edited settings of a site are kept, with every kind of value, apart from those of other sites', async () => {
    const [first, second] = [sample(), sample({ settings: { 'desk.cannedReplies': [{ title: '👋' }] } })];
    for (const each of [first, second]) expect(await store().siteEdits.keep(each)).toBe(true);
    expect([await listed(first.siteId), await listed(second.siteId)]).toEqual([[first], [second]]);
  });

  it('an edit replaces the one that it follows, also when nothing is edited any more', async () => {
    const first = sample();
    const second = { ...first, revision: 2, settings: {}, userName: 'bob', atMs: SAMPLE_MS - 5 };
    for (const each of [first, second]) expect(await store().siteEdits.keep(each)).toBe(true);
    expect(await listed(first.siteId)).toEqual([second]);
  });

  it('an edit that does not follow the kept one is refused and changes nothing', async () => {
    const first = sample();
    expect(await store().siteEdits.keep({ ...first, revision: 2 })).toBe(false);
    expect(await listed(first.siteId)).toEqual([]);
    expect(await store().siteEdits.keep(first)).toBe(true);
    for (const revision of [0, 1, 3])
      expect(await store().siteEdits.keep({ ...first, revision, userName: 'bob' })).toBe(false);
    expect(await listed(first.siteId)).toEqual([first]);
  });

  it('of several edits at once that follow the same one, exactly one is kept', async () => {
    const first = sample();
    for (const revision of [1, 2]) {
      const edits = ['ann', 'bob', 'cem', 'dan'].map((userName) => ({ ...first, revision, userName }));
      const kept = await Promise.all(edits.map((each) => store().siteEdits.keep(each)));
      expect(kept.filter(Boolean)).toHaveLength(1);
      expect(await listed(first.siteId)).toEqual([edits[kept.indexOf(true)]]);
    }
  });
}
