/** The part of the store's contract about what runs use, and may use, of the budgets of a day. */
import { mintConversationId, mintRunId, type RunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { Amount, Reservation } from '../../stores/spending.ts';
import type { Acceptance, Owner, Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, finished, sampleAcceptance, sampleOwner } from '../samples.ts';

/** Suites share a database, so each test has a site of its own. */
const newOwner = (): Owner => ({ ...sampleOwner(), siteId: sampleOwner().ownerId });
const DAY = 20_000;
const NO_LIMIT: Amount = { tokens: Infinity, costPico: Infinity };
const amountOf = (tokens: number): Amount => ({ tokens, costPico: tokens * 1_250_000 });
const reservation = (tokens: number, limits: Partial<Reservation['limits']> = {}): Reservation => ({
  ...{ day: DAY, amount: amountOf(tokens), limits: { visitor: NO_LIMIT, site: NO_LIMIT, ...limits } },
});
const runIdOf = ({ answer }: Acceptance): RunId => answer.run?.id ?? mintRunId(randomBytes);
const changeOf = (acceptance: Acceptance, tokens: number, limits: Partial<Reservation['limits']> = {}) => {
  const { day: _day, ...rest } = reservation(tokens, limits);
  return { conversationId: acceptance.conversationId, runId: runIdOf(acceptance), note: { tokens }, ...rest };
};

/** Adds the tests of reservations. Called by `describeStore`. */
export function describeSpending(store: () => Store): void {
  const spentBy = async (owner: Owner, day = DAY) => {
    const { visitor, site } = await store().spending.readSpent(owner, day);
    return [visitor.tokens, site.tokens];
  };
  const end = ({ conversationId, answer }: Acceptance, tokens: number) =>
    store().endRun(conversationId, { ...finished(answer), spent: amountOf(tokens) }, SAMPLE_MS);

  it('a reservation counts for the visitor and for the site, until the end of the run replaces it', async () => {
    const [owner, other] = [newOwner(), sampleOwner()];
    const sameSite = { siteId: owner.siteId, ownerId: other.ownerId };
    const run = await accepted(store(), { owner, reservation: reservation(100) });
    await accepted(store(), { owner: sameSite, reservation: reservation(10) });
    expect(await spentBy(owner)).toEqual([100, 110]);
    expect(await end(run, 30)).toBe(true);
    const { visitor, site } = await store().spending.readSpent(owner, DAY);
    expect({ visitor, site }).toEqual({ visitor: amountOf(30), site: amountOf(40) });
    expect(await spentBy(owner, DAY + 1)).toEqual([0, 0]);
    expect(await spentBy(newOwner())).toEqual([0, 0]);
  });

  it('of 20 runs that start at once when the budget is nearly used up, one is accepted', async () => {
    const owner = newOwner();
    const limits = { visitor: { tokens: 100, costPico: Infinity } };
    await accepted(store(), { owner, reservation: reservation(99, limits) });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        store().accept(sampleAcceptance({ owner, reservation: reservation(50, limits) })),
      ),
    );
    const refused = outcomes.filter(({ kind }) => kind !== 'accepted');
    expect(refused).toEqual(Array.from({ length: 19 }, () => ({ kind: 'over-budget', budget: 'visitor' })));
    expect(await spentBy(owner)).toEqual([149, 149]);
  });

  it('a refused run writes nothing, and the budget of money is refused like that of tokens', async () => {
    const owner = newOwner();
    const limits = { site: { tokens: Infinity, costPico: amountOf(100).costPico } };
    await accepted(store(), { owner, reservation: reservation(100) });
    const refused = sampleAcceptance({ owner, reservation: reservation(1, limits) });
    expect(await store().accept(refused)).toEqual({ kind: 'over-budget', budget: 'site' });
    expect(await store().readConversation(refused.conversationId)).toBeUndefined();
    expect(await store().spending.readReservation(refused.conversationId, runIdOf(refused))).toBeUndefined();
    expect(await spentBy(owner)).toEqual([100, 100]);
  });

  it('another visitor is accepted while one visitor has used up the own budget', async () => {
    const owner = newOwner();
    const limits = { visitor: amountOf(100) };
    await accepted(store(), { owner, reservation: reservation(100) });
    const other = { siteId: owner.siteId, ownerId: sampleOwner().ownerId };
    await accepted(store(), { owner: other, reservation: reservation(1, limits) });
    expect(await spentBy(other)).toEqual([1, 101]);
  });

  it('the same message again reserves nothing more', async () => {
    const owner = newOwner();
    const run = await accepted(store(), { owner, reservation: reservation(100) });
    expect(await store().accept(run)).toMatchObject({ kind: 'repeated' });
    expect(await spentBy(owner)).toEqual([100, 100]);
  });

  it('a draft reserves like a run, and what it has used stays counted when its reservation is removed', async () => {
    const owner = newOwner();
    const { conversationId, answer } = sampleAcceptance();
    const place = { conversationId, runId: answer.run?.id ?? mintRunId(randomBytes) };
    const change = (tokens: number, most = Infinity) =>
      store().spending.reserve({
        ...{ ...place, amount: amountOf(tokens), note: { tokens } },
        limits: { visitor: NO_LIMIT, site: { tokens: most, costPico: Infinity } },
      });
    for (let turn = 0; turn < 2; turn += 1)
      await store().spending.addReservation({ ...place, owner, day: DAY });
    expect(await spentBy(owner)).toEqual([0, 0]);
    expect(await change(100, 1)).toBe('reserved');
    await store().spending.addReservation({ ...place, owner, day: DAY });
    expect(await change(30)).toBe('reserved');
    await store().spending.removeReservation(place.conversationId, place.runId);
    expect(await change(500)).toBe('reserved');
    expect(await spentBy(owner)).toEqual([30, 30]);
  });

  it('a draft is refused when the budget of the site is used up', async () => {
    const owner = newOwner();
    await accepted(store(), { owner, reservation: reservation(100) });
    const { conversationId, answer } = sampleAcceptance();
    const place = { conversationId, runId: answer.run?.id ?? mintRunId(randomBytes) };
    await store().spending.addReservation({ ...place, owner, day: DAY });
    const limits = { visitor: NO_LIMIT, site: amountOf(100) };
    const change = { ...place, amount: amountOf(1), limits, note: undefined };
    expect(await store().spending.reserve(change)).toBe('site');
    await store().spending.removeReservation(place.conversationId, place.runId);
    expect(await spentBy(owner)).toEqual([100, 100]);
  });

  it('a reservation grows while the other runs leave something, and shrinks in any case', async () => {
    const owner = newOwner();
    const limits = { visitor: { tokens: 100, costPico: Infinity } };
    const run = await accepted(store(), { owner, reservation: reservation(90, limits) });
    const other = await accepted(store(), { owner, reservation: reservation(90, limits) });
    expect(await store().spending.reserve(changeOf(run, 200, limits))).toBe('reserved');
    expect(await store().spending.reserve(changeOf(other, 91, limits))).toBe('visitor');
    expect(await spentBy(owner)).toEqual([290, 290]);
    expect(await store().spending.reserve(changeOf(other, 80, limits))).toBe('reserved');
    expect(await spentBy(owner)).toEqual([280, 280]);
    await end(other, 0);
    expect(await store().spending.reserve(changeOf(run, 300, limits))).toBe('reserved');
    expect(await spentBy(owner)).toEqual([300, 300]);
  });

  it('the note is kept with the reservation, also when a larger one is refused, and ends with the run', async () => {
    const limits = { site: amountOf(1) };
    const owner = newOwner();
    await accepted(store(), { owner, reservation: reservation(5) });
    const run = await accepted(store(), { owner, reservation: reservation(5) });
    const read = () => store().spending.readReservation(run.conversationId, runIdOf(run));
    expect(await read()).toEqual({ amount: amountOf(5), note: undefined });
    expect(await store().spending.reserve(changeOf(run, 6, limits))).toBe('site');
    expect(await read()).toEqual({ amount: amountOf(5), note: { tokens: 6 } });
    await end(run, 5);
    expect(await read()).toBeUndefined();
  });

  it('of two ends of a run, the first one counts; a change after it has no effect', async () => {
    const owner = newOwner();
    const run = await accepted(store(), { owner, reservation: reservation(100) });
    await Promise.all([end(run, 30), end(run, 30)]);
    expect(await store().spending.reserve(changeOf(run, 500))).toBe('reserved');
    expect(await spentBy(owner)).toEqual([30, 30]);
  });

  it('what a run has used is counted also when its conversation was erased', async () => {
    const owner = newOwner();
    const run = await accepted(store(), { owner, reservation: reservation(100) });
    await store().eraseConversation(run.conversationId);
    expect(await end(run, 30)).toBe(false);
    expect(await spentBy(owner)).toEqual([30, 30]);
  });

  it('an end without what was used leaves the reservation, and one without a reservation counts nothing', async () => {
    const owner = newOwner();
    const run = await accepted(store(), { owner, reservation: reservation(100) });
    await store().endRun(run.conversationId, finished(run.answer), SAMPLE_MS);
    expect(await spentBy(owner)).toEqual([100, 100]);
    await end(await accepted(store(), { owner }), 30);
    expect(await spentBy(owner)).toEqual([100, 100]);
  });

  it('amounts are exact however often they change', async () => {
    const owner = newOwner();
    const runs = await Promise.all(
      Array.from({ length: 50 }, () => accepted(store(), { owner, reservation: reservation(1_000_003) })),
    );
    await Promise.all(runs.map((run, index) => end(run, index)));
    expect((await store().spending.readSpent(owner, DAY)).site).toEqual(amountOf((50 * 49) / 2));
  });

  it('forgetting deletes the amounts and reservations of earlier days only', async () => {
    const owner = newOwner();
    const [old, run] = [
      { ...reservation(7), day: 10_000 },
      await accepted(store(), { owner, reservation: reservation(5) }),
    ];
    const forgotten = await accepted(store(), { owner, reservation: old });
    await store().spending.forgetSpent(10_001);
    expect(await spentBy(owner, 10_000)).toEqual([0, 0]);
    expect(
      await store().spending.readReservation(forgotten.conversationId, runIdOf(forgotten)),
    ).toBeUndefined();
    await end(run, 3);
    expect(await spentBy(owner)).toEqual([3, 3]);
  });

  it('an unknown run has no reservation', async () => {
    const id = mintConversationId(randomBytes);
    expect(await store().spending.readReservation(id, mintRunId(randomBytes))).toBeUndefined();
  });
}
