/** The part of the store's contract about the facts of runs, and about the lists that are sorted by cost and rating. */
import { randomUUID } from 'node:crypto';
import type { Message } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { RankPosition, RankQuery } from '../../stores/console-store.ts';
import type { RunFacts } from '../../stores/run-facts.ts';
import type { Acceptance, Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, finished, sampleOwner, withText } from '../samples.ts';

/** Facts of a run. */
export const sampleFacts = (changes: Partial<RunFacts> = {}): RunFacts => ({
  ...{
    ref: '01234567',
    reason: 'stop',
    toolCalls: 2,
    upstream: 'a.example large',
    provider: 'script',
    model: 'large',
  },
  asked: [
    {
      name: 'b.example small',
      provider: 'script',
      model: 'small',
      requests: 2,
      failed: 2,
      error: 'upstream-timeout',
    },
    { name: 'a.example large', provider: 'script', model: 'large', requests: 1, failed: 0 },
  ],
  usage: { inputTokens: 7, outputTokens: 3, cachedInputTokens: 2, reasoningTokens: 1, isEstimated: true },
  ...{ costPico: 1_250_000, queuedMs: 1, firstDeltaMs: 20, totalMs: 300 },
  ...changes,
});

/** Adds the tests of facts. Called by `describeStore`. @param store that of the current test */
export function describeRunFacts(store: () => Store): void {
  // The stores of the tests may share one database, so each test has a site of its own.
  const newOwner = () => ({ ...sampleOwner(), siteId: `site ${randomUUID()}` });
  const end = (acceptance: Acceptance, facts?: RunFacts) => {
    const ended = { ...finished(acceptance.answer), ...(facts === undefined ? {} : { facts }) };
    return store().endRun(acceptance.conversationId, ended, SAMPLE_MS + 1);
  };
  const rate = ({ conversationId, answer }: Acceptance, value: 'up' | 'down' | undefined) => {
    const rated: Message = { ...finished(answer), ...(value === undefined ? {} : { feedback: { value } }) };
    return store().putMessages(conversationId, [rated], SAMPLE_MS + 1);
  };
  const totalsIn = async (siteId: string) => {
    const found = await store().console.search({
      siteId,
      sinceMs: 0,
      after: { atMs: Number.MAX_VALUE, id: '' },
      limit: 9,
    });
    return found.conversations.map(({ totals }) => totals);
  };

  it('the facts of a run are kept with its end, also when the answer is rated, and are in no read of the messages', async () => {
    const acceptance = await accepted(store());
    const { conversationId, answer } = acceptance;
    await end(acceptance, sampleFacts());
    await rate(acceptance, 'down');
    expect(await store().console.readFacts(conversationId)).toEqual([
      { messageId: answer.id, facts: sampleFacts() },
    ]);
    const read = [
      await store().readMessages(conversationId),
      await store().readBranch(conversationId, answer.id, 1e6),
      (await store().readStanding(conversationId, answer.id))?.named,
    ];
    expect(JSON.stringify(read)).not.toMatch(/a\.example|costPico|facts/);
  });

  it('of two ends of a run at once the facts of the first are kept, and its cost is counted once', async () => {
    const acceptance = await accepted(store(), { owner: newOwner() });
    const ends = [sampleFacts({ costPico: 5 }), sampleFacts({ costPico: 7 })];
    const written = await Promise.all(ends.map((facts) => end(acceptance, facts)));
    expect(written.filter(Boolean)).toHaveLength(1);
    const facts = ends[written.indexOf(true)]!;
    expect(await store().console.readFacts(acceptance.conversationId)).toMatchObject([{ facts }]);
    expect(await totalsIn(acceptance.owner.siteId)).toEqual([
      { costPico: facts.costPico, unpriced: 0, ratedDown: 0 },
    ]);
  });

  it('a conversation has the sum of the costs that are known, and how many are not; a run without facts adds nothing', async () => {
    const owner = newOwner();
    const first = await accepted(store(), { owner });
    const { conversationId } = first;
    const others = [];
    for (let index = 0; index < 3; index += 1)
      others.push(await accepted(store(), { owner, conversationId }));
    expect(await totalsIn(owner.siteId)).toEqual([{ costPico: null, unpriced: 0, ratedDown: 0 }]);
    const { costPico: _unknown, ...unpriced } = sampleFacts();
    await end(first, unpriced);
    expect(await totalsIn(owner.siteId)).toEqual([{ costPico: null, unpriced: 1, ratedDown: 0 }]);
    await end(others[0]!, sampleFacts({ costPico: 3 }));
    await end(others[1]!, sampleFacts({ costPico: 4 }));
    await end(others[2]!);
    expect(await totalsIn(owner.siteId)).toEqual([{ costPico: 7, unpriced: 1, ratedDown: 0 }]);
    const known = await store().console.readFacts(conversationId);
    expect(known.map(({ facts }) => facts.costPico)).toEqual([undefined, 3, 4]);
  });

  it('bad ratings are counted, and one that is taken back or changed is not', async () => {
    const owner = newOwner();
    const one = await accepted(store(), { owner });
    const other = await accepted(store(), { owner, conversationId: one.conversationId });
    for (const acceptance of [one, other]) await end(acceptance, sampleFacts());
    const ratedDown = async () => (await totalsIn(owner.siteId)).map((totals) => totals.ratedDown);
    await rate(one, 'down');
    await rate(one, 'down');
    await rate(other, 'down');
    expect(await ratedDown()).toEqual([2]);
    await rate(other, 'up');
    await rate(one, undefined);
    expect(await ratedDown()).toEqual([0]);
  });

  it('facts are erased with their conversation: by its visitor, by its owner, and by its age', async () => {
    const owner = newOwner();
    const [one, two, three] = [
      await accepted(store(), { owner }),
      await accepted(store()),
      await accepted(store()),
    ];
    for (const acceptance of [one, two, three]) {
      await end(acceptance, sampleFacts());
      await store().settleRun(acceptance.conversationId, acceptance.answer.id);
    }
    const expiry = { siteId: owner.siteId, beforeMs: SAMPLE_MS + 2 };
    await store().retention.eraseExpired(expiry, [one.conversationId]);
    await store().eraseConversation(two.conversationId);
    await store().eraseOwner(three.owner);
    for (const { conversationId } of [one, two, three])
      expect(await store().console.readFacts(conversationId)).toEqual([]);
    expect(await end(one, sampleFacts())).toBe(false);
    expect(await totalsIn(owner.siteId)).toEqual([]);
  });

  describeRanks(store, { newOwner, end, rate });
}

interface Steps {
  newOwner: () => Acceptance['owner'];
  end: (acceptance: Acceptance, facts?: RunFacts) => Promise<boolean>;
  rate: (acceptance: Acceptance, value: 'up' | 'down') => Promise<void>;
}

function describeRanks(store: () => Store, { newOwner, end, rate }: Steps): void {
  const ask = (changes: Partial<RankQuery>): RankQuery => ({
    ...{ sort: 'cost', sinceMs: 0, beforeMs: Number.MAX_VALUE, limit: 50 },
    ...changes,
  });
  const ids = async (changes: Partial<RankQuery>) =>
    (await store().console.rank(ask(changes))).conversations.map(({ id }) => id);
  /** Conversations of one site whose only answers have these costs, undefined: unknown, with their ratings. */
  async function made(
    owner: Acceptance['owner'],
    answers: readonly { cost?: number; isBad?: boolean; model?: string }[],
  ) {
    const all: Acceptance[] = [];
    for (const { cost: costPico, isBad, model = 'large' } of answers) {
      const acceptance = await accepted(store(), { owner: { ...owner, ownerId: sampleOwner().ownerId } });
      await end(acceptance, sampleFacts({ costPico, model, asked: [] }));
      if (isBad === true) await rate(acceptance, 'down');
      all.push(acceptance);
    }
    return all.map(({ conversationId }) => conversationId);
  }

  it('the most expensive conversations come first, or those that are rated worst, and what is not known comes last', async () => {
    const owner = newOwner();
    const made4 = await made(owner, [
      { cost: 3 },
      {},
      { cost: 9, isBad: true },
      { cost: 12 },
      { cost: 1, isBad: true },
    ]);
    const [three, unknown, bad, dear, cheap] = made4;
    const { siteId } = owner;
    expect(await ids({ siteId })).toEqual([dear, bad, three, cheap, unknown]);
    expect(await ids({ siteId, sort: 'rating' })).toEqual([bad, cheap, dear, three, unknown]);
    expect(await ids({ sort: 'rating', siteId, rating: 'down' })).toEqual([bad, cheap]);
    expect(await ids({ ...sampleOwner(), siteId })).toEqual([]);
  });

  it.each(['cost', 'rating'] as const)(
    'a list by %s is read in pages without gap or repeat, also of equals',
    async (sort) => {
      const owner = newOwner();
      const all = await made(owner, [
        { cost: 5 },
        { cost: 5 },
        { isBad: true },
        {},
        {},
        { cost: 5, isBad: true },
      ]);
      const seen: string[] = [];
      let after: RankPosition | undefined;
      do {
        const page = await store().console.rank(ask({ siteId: owner.siteId, sort, after, limit: 2 }));
        seen.push(...page.conversations.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toHaveLength(6);
      expect(seen.toSorted()).toEqual(all.toSorted());
    },
  );

  it('is of a time, and of what was asked: the text, and the model of the same answer that is rated', async () => {
    const owner = newOwner();
    const { siteId } = owner;
    const [large, small] = await made(owner, [
      { cost: 1, isBad: true },
      { cost: 2, model: 'small "quoted"' },
    ]);
    expect(await ids({ siteId, model: 'large' })).toEqual([large]);
    expect(await ids({ siteId, model: 'small "quoted"' })).toEqual([small]);
    expect(await ids({ siteId, model: 'small' })).toEqual([]);
    expect(await ids({ siteId, model: 'small "quoted"', rating: 'down' })).toEqual([]);
    expect(await ids({ siteId, beforeMs: SAMPLE_MS + 1 })).toEqual([]);
    expect(await ids({ siteId, sinceMs: SAMPLE_MS + 1, beforeMs: SAMPLE_MS + 2 })).toEqual([small, large]);
    await store().putMessages(
      small!,
      [withText(finished((await store().readMessages(small!)).at(-1)!), 'A harbour')],
      SAMPLE_MS + 1,
    );
    expect(await ids({ siteId, text: 'HARBOUR' })).toEqual([small]);
    const newest = { siteId, sinceMs: 0, after: { atMs: Number.MAX_VALUE, id: '' }, limit: 9 };
    const found = await store().console.search({ ...newest, model: 'large' });
    expect(found.conversations.map(({ id }) => id)).toEqual([large]);
  });
}
