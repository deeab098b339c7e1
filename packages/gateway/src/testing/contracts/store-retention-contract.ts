/** The part of the store's contract about retention: what is old, what is held, and which gateway erases it. */
import { randomUUID } from 'node:crypto';
import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { Store } from '../../stores/store.ts';
import { accepted, finished, SAMPLE_MS, sampleOwner } from '../samples.ts';

const LATER_MS = SAMPLE_MS + 1_000;

/** Adds the tests of retention. Called by `describeStore`. @param store that of the current test */
export function describeRetention(store: () => Store): void {
  // The stores of the tests may share one database, so each test has a site of its own.
  const newOwner = () => ({ ...sampleOwner(), siteId: `site ${randomUUID()}` });
  /** A conversation whose run has ended and is settled. */
  const settled = async (owner: ReturnType<typeof newOwner>, nowMs = SAMPLE_MS) => {
    const acceptance = await accepted(store(), { owner, nowMs });
    const { conversationId, answer } = acceptance;
    await store().endRun(conversationId, finished(answer), nowMs);
    await store().settleRun(conversationId, answer.id);
    return acceptance;
  };
  const expiredOf = async (siteId: string, beforeMs = LATER_MS, limit = 9) =>
    (await store().retention.listExpired({ siteId, beforeMs }, limit)).map(({ id }) => id);
  const isNoted = async (id: ConversationId) => (await store().retention.listErased(10_000)).includes(id);

  it('old conversations of a site are listed with their owners, the oldest first, and no newer or foreign ones', async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const second = await settled(owner, SAMPLE_MS + 2);
    const first = await settled({ ...owner, ownerId: 'v_other' }, SAMPLE_MS + 1);
    await settled(owner, LATER_MS);
    await settled(other);
    const listed = await store().retention.listExpired({ siteId: owner.siteId, beforeMs: LATER_MS }, 9);
    expect(listed).toEqual([
      { id: first.conversationId, siteId: owner.siteId, ownerId: 'v_other' },
      { id: second.conversationId, ...owner },
    ]);
    expect(await expiredOf(owner.siteId, LATER_MS, 1)).toEqual([first.conversationId]);
    expect(await expiredOf(owner.siteId, SAMPLE_MS + 1)).toEqual([]);
  });

  it('a conversation with a run that is unfinished, or ended and not settled, is neither listed nor erased', async () => {
    const owner = newOwner();
    const { conversationId, answer } = await accepted(store(), { owner });
    const expiry = { siteId: owner.siteId, beforeMs: LATER_MS };
    expect(await expiredOf(owner.siteId)).toEqual([]);
    await store().endRun(conversationId, finished(answer), SAMPLE_MS);
    expect(await expiredOf(owner.siteId)).toEqual([]);
    expect(await store().retention.eraseExpired(expiry, [conversationId])).toEqual([]);
    await store().settleRun(conversationId, answer.id);
    expect(await expiredOf(owner.siteId)).toEqual([conversationId]);
  });

  it('erases what is old together, with its search text and the names in its usage, and not its numbers', async () => {
    const owner = newOwner();
    const [one, two, kept] = [await settled(owner), await settled(owner), await settled(owner, LATER_MS)];
    const usage = { inputTokens: 2, outputTokens: 3 };
    for (const { conversationId, answer } of [one, kept])
      await store().recordUsage({ runId: answer.run!.id, conversationId, owner, usage, atMs: SAMPLE_MS });
    const ids = [one, two, kept].map(({ conversationId }) => conversationId);
    const erased = await store().retention.eraseExpired({ siteId: owner.siteId, beforeMs: LATER_MS }, ids);
    expect(erased.toSorted()).toEqual(ids.slice(0, 2).toSorted());
    expect(
      (await store().listConversations(owner, { limit: 9, query: 'rivulet' })).map(({ id }) => id),
    ).toEqual([kept.conversationId]);
    expect(await store().readMessages(one.conversationId)).toEqual([]);
    expect(await store().readUsage(owner, 0)).toEqual(usage);
    expect(await store().readUsage({ ...owner, ownerId: '' }, 0)).toEqual(usage);
    expect(await store().accept(one)).toMatchObject({ kind: 'accepted' });
  });

  it('what was used, renamed or moved to another site since it was listed is not erased', async () => {
    const owner = newOwner();
    const { conversationId } = await settled(owner);
    const ids = [conversationId];
    await store().setTitle(conversationId, 'still in use', LATER_MS);
    expect(await store().retention.eraseExpired({ siteId: owner.siteId, beforeMs: LATER_MS }, ids)).toEqual(
      [],
    );
    expect(await store().retention.eraseExpired({ siteId: 'blog', beforeMs: LATER_MS + 1 }, ids)).toEqual([]);
    expect(await store().readMessages(conversationId)).toHaveLength(2);
  });

  it('notes what was erased, however it was erased, until its files and events are erased as well', async () => {
    const owner = newOwner();
    const [one, two, three] = [await settled(owner), await settled(owner), await settled(owner)];
    const ids = [one, two, three].map(({ conversationId }) => conversationId);
    await store().retention.eraseExpired({ siteId: owner.siteId, beforeMs: LATER_MS }, ids.slice(0, 1));
    await store().eraseConversation(two.conversationId);
    await store().eraseOwner(owner);
    expect(await Promise.all(ids.map(isNoted))).toEqual([true, true, true]);
    await store().accept(one);
    expect(await isNoted(one.conversationId)).toBe(false);
    await store().retention.forgetErased(ids);
    expect(await Promise.all(ids.map(isNoted))).toEqual([false, false, false]);
  });

  it('a held conversation is erased in no way, and can be erased when the hold is lifted', async () => {
    const owner = newOwner();
    const [held, free] = [await settled(owner), await settled(owner)];
    const id = held.conversationId;
    const expiry = { siteId: owner.siteId, beforeMs: LATER_MS };
    expect(await store().retention.hold({ conversationId: id, sinceMs: SAMPLE_MS, reason: 'case 7' })).toBe(
      true,
    );
    expect(await expiredOf(owner.siteId)).toEqual([free.conversationId]);
    expect(await store().retention.eraseExpired(expiry, [id])).toEqual([]);
    expect(await store().eraseConversation(id)).toBe(false);
    expect(await store().eraseOwner(owner)).toBe(1);
    expect([await store().readMessages(id), await isNoted(id)]).toMatchObject([{ length: 2 }, false]);
    expect(await store().retention.liftHold(id)).toBe(true);
    expect(await store().retention.liftHold(id)).toBe(false);
    expect(await store().eraseConversation(id)).toBe(true);
    expect(await store().readConversation(id)).toBeUndefined();
  });

  it('a held conversation says so, and its hold is listed with the first time and the last reason', async () => {
    const owner = newOwner();
    const { conversationId } = await settled(owner);
    const after = conversationId.slice(0, -1);
    const reason = 'case 7 \ud83d \0';
    expect((await store().readConversation(conversationId))?.isHeld).toBeUndefined();
    await store().retention.hold({ conversationId, sinceMs: SAMPLE_MS, reason: 'case' });
    await store().retention.hold({ conversationId, sinceMs: LATER_MS, reason });
    expect((await store().readConversation(conversationId))?.isHeld).toBe(true);
    expect((await store().listConversations(owner, { limit: 1 }))[0]?.isHeld).toBe(true);
    const { siteId } = owner;
    const [first] = await store().retention.listHolds(1, after);
    expect(first).toEqual({ conversationId, siteId, sinceMs: SAMPLE_MS, reason });
    const others = await store().retention.listHolds(1_000, conversationId);
    expect(others.map((hold) => hold.conversationId)).not.toContain(conversationId);
    await store().retention.liftHold(conversationId);
    expect((await store().readConversation(conversationId))?.isHeld).toBeUndefined();
  });

  it('a hold moves with its conversation, and there is none for a conversation that does not exist', async () => {
    const [from, to] = [newOwner(), newOwner()];
    const { conversationId } = await settled(from);
    await store().retention.hold({ conversationId, sinceMs: SAMPLE_MS, reason: 'case 7' });
    await store().moveConversations(from, to);
    expect([await store().eraseOwner(to), (await store().readConversation(conversationId))?.isHeld]).toEqual([
      0,
      true,
    ]);
    const unknown = mintConversationId(randomBytes);
    expect(await store().retention.hold({ conversationId: unknown, sinceMs: 0, reason: 'x' })).toBe(false);
    expect(await store().retention.liftHold(unknown)).toBe(false);
    expect(await store().eraseConversation(unknown)).toBe(true);
  });

  it('a job has one holder, until its claim ends or it is done for the day', async () => {
    const name = `job ${randomUUID()}`;
    const claim = (holder: string, nowMs: number, dueSinceMs = SAMPLE_MS) =>
      store().retention.claimJob({ name, holder, nowMs, untilMs: nowMs + 10, dueSinceMs });
    const both = await Promise.all([claim('a', SAMPLE_MS + 1), claim('b', SAMPLE_MS + 1)]);
    expect(both.toSorted()).toEqual([false, true]);
    const [holder, other] = both[0] ? (['a', 'b'] as const) : (['b', 'a'] as const);
    expect(await claim(holder, SAMPLE_MS + 9)).toBe(true);
    expect(await claim(other, SAMPLE_MS + 18)).toBe(false);
    expect(await claim(other, SAMPLE_MS + 19)).toBe(true);
    await store().retention.finishJob({ name, holder, nowMs: SAMPLE_MS + 20 });
    expect(await claim(holder, SAMPLE_MS + 21)).toBe(false);
    await store().retention.finishJob({ name, holder: other, nowMs: SAMPLE_MS + 22 });
    expect([await claim('a', SAMPLE_MS + 23), await claim('b', SAMPLE_MS + 23)]).toEqual([false, false]);
    expect(await claim('a', LATER_MS + 1, LATER_MS)).toBe(true);
  });
}
