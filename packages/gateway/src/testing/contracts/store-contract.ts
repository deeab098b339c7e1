/** The contract suite of `Store`, including hostile cases. Every adapter must pass it. */
import { mintConversationId, mintMessageId, mintRunId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, sampleAcceptance, sampleOwner, sampleQuestion, withText } from '../samples.ts';
import { describeAccepting } from './store-accepting-contract.ts';
import { describeConsole } from './store-console-contract.ts';
import { describeFigures } from './store-figures-contract.ts';
import { describeMessages } from './store-messages-contract.ts';
import { describeReading } from './store-reading-contract.ts';
import { describeRetention } from './store-retention-contract.ts';
import { describeRunFacts } from './store-run-facts-contract.ts';
import { describeRevocations } from './store-revocations-contract.ts';
import { describeDesk } from './store-desk-contract.ts';
import { describeDeskTeam } from './store-desk-team-contract.ts';
import { describeSiteEdits } from './store-site-edits-contract.ts';
import { describeKnowledge } from './store-knowledge-contract.ts';
import { describeSwitches } from './store-switches-contract.ts';
import { describeWebhooks } from './store-webhooks-contract.ts';
import { describeSearching } from './store-searching-contract.ts';
import { describeSpending } from './store-spending-contract.ts';

/** What a test needs from an adapter of `Store`. */
export interface StoreFixture {
  /** The store under test. */
  store: Store;
  /** Called after each test, also when the test closed the store. */
  dispose(): Promise<void>;
}

/** Runs the contract suite. @param open creates a fixture with a store for each test; the stores may share one database */
export function describeStore(name: string, open: () => StoreFixture | Promise<StoreFixture>): void {
  describe(`store: ${name}`, () => {
    let fixture: StoreFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());
    const store = () => fixture.store;

    describe('accepting', () => {
      describeAccepting(store);
    });
    describe('messages', () => {
      describeMessages(store);
    });
    describe('reading and progress', () => {
      describeReading(store);
    });
    describe('conversations', () => {
      describeConversations(store);
    });
    describe('listing and searching', () => {
      describeSearching(store);
    });
    describe('erasing', () => {
      describeErasing(store);
      describeAnonymising(store);
    });
    describe('documents of sites', () => {
      describeKnowledge(store);
    });
    describe('budgets', () => {
      describeSpending(store);
    });
    describe('facts of runs', () => {
      describeRunFacts(store);
    });
    describe('retention', () => {
      describeRetention(store);
    });
    describe('revoked tokens', () => {
      describeRevocations(store);
      describeSwitches(store);
      describeSiteEdits(store);
      describeDesk(store);
      describeDeskTeam(store);
    });
    describe('console', () => {
      describeConsole(store);
    });
    describe('webhooks', () => {
      describeWebhooks(store);
    });
    describe('figures', () => {
      describeFigures(store);
    });
    describe('usage and lifetime', () => {
      describeUsageAndLifetime(store);
    });
  });
}

function describeConversations(store: () => Store): void {
  it('reading an unknown conversation returns undefined or nothing, and writing to it has no effect', async () => {
    const id = mintConversationId(randomBytes);
    expect(await store().readConversation(id)).toBeUndefined();
    expect(await store().readMessages(id)).toEqual([]);
    await store().putMessages(id, [sampleQuestion()], SAMPLE_MS);
    await store().setTitle(id, 'title', SAMPLE_MS);
    await store().removeMessage(id, mintMessageId(randomBytes));
    await store().eraseConversation(id);
    expect(await store().readConversation(id)).toBeUndefined();
    expect(await store().readMessages(id)).toEqual([]);
    expect(await store().listConversations(sampleOwner(), { limit: 5 })).toEqual([]);
  });

  it('lists the owner’s conversations, the most recently updated first, in pages', async () => {
    const owner = sampleOwner();
    const ids = [];
    for (const nowMs of [SAMPLE_MS + 1, SAMPLE_MS + 3, SAMPLE_MS + 2])
      ids.push((await accepted(store(), { owner, nowMs })).conversationId);
    await store().setTitle(ids[0]!, 'newest', SAMPLE_MS + 4);
    const page = await store().listConversations(owner, { limit: 2 });
    expect(page.map(({ id }) => id)).toEqual([ids[0], ids[1]]);
    expect(page[0]?.title).toBe('newest');
    const rest = await store().listConversations(owner, { limit: 2, beforeMs: SAMPLE_MS + 3 });
    expect(rest.map(({ id }) => id)).toEqual([ids[2]]);
  });

  it('owners with similar ids are different owners, also when site id and owner id concatenate to the same text (9)', async () => {
    const { siteId, ownerId } = sampleOwner();
    const mine = await accepted(store(), { owner: { siteId, ownerId } });
    const otherOwners = [
      { siteId, ownerId: `${ownerId}x` },
      { siteId, ownerId: ownerId.slice(0, -1) },
      { siteId: siteId + ownerId[0]!, ownerId: ownerId.slice(1) },
      { siteId, ownerId: '%' },
      { siteId, ownerId: ownerId.toUpperCase() },
    ];
    for (const otherOwner of otherOwners) {
      expect(await store().listConversations(otherOwner, { limit: 9 })).toEqual([]);
      expect(await store().moveConversations(otherOwner, sampleOwner())).toBe(0);
      expect(await store().eraseOwner(otherOwner)).toBe(0);
    }
    expect(await store().listConversations({ siteId, ownerId }, { limit: 9 })).toMatchObject([
      { id: mine.conversationId },
    ]);
  });

  it('signing in moves every conversation of the visitor, with its messages and keys', async () => {
    const [from, to] = [sampleOwner(), sampleOwner()];
    const one = await accepted(store(), { owner: from });
    await accepted(store(), { owner: from });
    await accepted(store(), { owner: to });
    expect(await store().moveConversations(from, to)).toBe(2);
    expect(await store().listConversations(from, { limit: 9 })).toEqual([]);
    expect(await store().listConversations(to, { limit: 9 })).toHaveLength(3);
    expect(await store().accept(one)).toEqual({ kind: 'not-found' });
    expect(await store().accept({ ...one, owner: to })).toMatchObject({ kind: 'repeated' });
  });
}

function describeErasing(store: () => Store): void {
  it('an erased conversation is deleted completely, and a late checkpoint does not restore it', async () => {
    const { conversationId, owner, answer } = await accepted(store());
    await store().setTitle(conversationId, 'title', SAMPLE_MS);
    await store().eraseConversation(conversationId);
    await store().putMessages(conversationId, [withText(answer, 'late')], SAMPLE_MS + 1);
    expect(await store().readConversation(conversationId)).toBeUndefined();
    expect(await store().readMessages(conversationId)).toEqual([]);
    expect(await store().listConversations(owner, { limit: 9 })).toEqual([]);
    const running = await store().listUnsettled();
    expect(running.map((each) => each.conversationId)).not.toContain(conversationId);
  });

  it('erasing a conversation deletes its keys: another owner can use its id for an empty conversation', async () => {
    const first = await accepted(store());
    await store().eraseConversation(first.conversationId);
    const second = { ...first, owner: sampleOwner(), digest: 'other' };
    expect(await store().accept(second)).toMatchObject({ kind: 'accepted' });
    expect(await store().readMessages(first.conversationId)).toHaveLength(2);
    expect((await store().readConversation(first.conversationId))?.title).toBeNull();
  });

  it('erasing an owner erases all of the owner’s conversations and no others; usage records stay', async () => {
    const owner = sampleOwner();
    const mine = await accepted(store(), { owner });
    await accepted(store(), { owner });
    const other = await accepted(store());
    const runId = mine.answer.run?.id ?? mintRunId(randomBytes);
    const usage = { inputTokens: 2, outputTokens: 3 };
    await store().recordUsage({ runId, conversationId: mine.conversationId, owner, usage, atMs: SAMPLE_MS });
    expect(await store().eraseOwner(owner)).toBe(2);
    expect(await store().readMessages(mine.conversationId)).toEqual([]);
    expect(await store().readMessages(other.conversationId)).toHaveLength(2);
    expect(await store().readUsage(owner, SAMPLE_MS)).toEqual(usage);
  });
}

function describeAnonymising(store: () => Store): void {
  it('anonymising usage removes the owner from the usage records, and does not change other owners’ records', async () => {
    const [owner, other] = [sampleOwner(), sampleOwner()];
    const usage = { inputTokens: 2, outputTokens: 3 };
    const count = (by: typeof owner) =>
      store().recordUsage({
        runId: mintRunId(randomBytes),
        conversationId: mintConversationId(randomBytes),
        owner: by,
        usage,
        atMs: SAMPLE_MS,
      });
    for (const by of [owner, other]) await count(by);
    await store().anonymiseUsage(owner);
    expect(await store().readUsage(owner, 0)).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect(await store().readUsage(other, 0)).toEqual(usage);
    const anonymised = { ...owner, ownerId: '' };
    expect((await store().readUsage(anonymised, SAMPLE_MS)).inputTokens).toBeGreaterThanOrEqual(2);
  });
}

function describeUsageAndLifetime(store: () => Store): void {
  it('usage is the sum of the owner’s tokens since a time, with each run counted once', async () => {
    const [owner, other] = [sampleOwner(), sampleOwner()];
    const conversationId = mintConversationId(randomBytes);
    const record = (atMs: number, outputTokens: number, by = owner) => ({
      runId: mintRunId(randomBytes),
      conversationId,
      owner: by,
      usage: { inputTokens: 1, outputTokens },
      atMs,
    });
    const twice = record(SAMPLE_MS, 10);
    const records = [
      twice,
      twice,
      record(SAMPLE_MS + 1, 100),
      record(SAMPLE_MS - 1, 1),
      record(SAMPLE_MS, 7, other),
    ];
    for (const each of records) await store().recordUsage(each);
    expect(await store().readUsage(owner, SAMPLE_MS)).toEqual({ inputTokens: 2, outputTokens: 110 });
    expect(await store().readUsage(sampleOwner(), 0)).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  it('a run id that two owners use in two conversations is counted for both', async () => {
    const runId = mintRunId(randomBytes);
    const owners = [sampleOwner(), sampleOwner()];
    const usage = { inputTokens: 1, outputTokens: 1 };
    for (const owner of owners) {
      const conversationId = mintConversationId(randomBytes);
      await store().recordUsage({ runId, conversationId, owner, usage, atMs: SAMPLE_MS });
    }
    for (const owner of owners) expect(await store().readUsage(owner, 0)).toEqual(usage);
  });

  it('the store may be closed twice, and then rejects with a ChatError', async () => {
    await store().check();
    await store().close();
    await store().close();
    const refused = { name: 'ChatError', code: 'internal' };
    await expect(store().check()).rejects.toMatchObject(refused);
    await expect(store().accept(sampleAcceptance())).rejects.toMatchObject(refused);
    await expect(store().readMessages(mintConversationId(randomBytes))).rejects.toMatchObject(refused);
  });
}
