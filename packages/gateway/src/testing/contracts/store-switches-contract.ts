/** The part of the store's contract about sites that were switched off. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';
import type { SiteSwitch } from '../../stores/switch-store.ts';
import { SAMPLE_MS } from '../samples.ts';

/** Adds the tests of switches. Called by `describeStore`. @param store that of the current test */
export function describeSwitches(store: () => Store): void {
  // The stores of the tests may share one database, so each test has sites of its own.
  const sample = (changes: Partial<SiteSwitch> = {}): SiteSwitch => ({
    siteId: `site ${randomUUID()}`,
    disabled: true,
    atMs: SAMPLE_MS,
    ...changes,
  });
  const listed = async (siteId: string) =>
    (await store().switches.list()).filter((each) => each.siteId === siteId);

  it('the switch of a site is kept, with its text, apart from those of other sites', async () => {
    const [off, paused] = [sample(), sample({ disabled: 'Back at "noon".' })];
    for (const each of [off, paused]) await store().switches.keep(each);
    expect([await listed(off.siteId), await listed(paused.siteId)]).toEqual([[off], [paused]]);
  });

  it('the newest switch of a site counts, in whatever order they arrive; of one moment the last', async () => {
    const off = sample();
    const on = { ...off, disabled: false, atMs: SAMPLE_MS + 5 };
    for (const each of [off, on, off]) await store().switches.keep(each);
    expect(await listed(off.siteId)).toEqual([on]);
    const again = { ...on, disabled: 'Closed.' };
    await store().switches.keep(again);
    expect(await listed(off.siteId)).toEqual([again]);
  });
}
