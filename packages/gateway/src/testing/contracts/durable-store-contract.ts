/** The additional contract suite of a `Store` that keeps its data after its process has ended. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';
import type { StoreFixture } from './store-contract.ts';
import { SAMPLE_MS, finished, sampleAcceptance, sampleAnswer, sampleOwner, withText } from '../samples.ts';

/** What a test needs from an adapter of a durable `Store`. */
export interface DurableStoreFixture extends StoreFixture {
  /** Opens another store over the same data, as another process would. `dispose` closes it too. */
  openAnother(): Promise<Store>;
}

/** Runs the contract suite; run `describeStore` over the same adapter too. @param open creates a fixture for each test */
export function describeDurableStore(
  name: string,
  open: () => DurableStoreFixture | Promise<DurableStoreFixture>,
): void {
  describe(`durable store: ${name}`, () => {
    let fixture: DurableStoreFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    it('all data is kept when the store is closed and opened again', async () => {
      const before = sampleAcceptance();
      const { conversationId, owner, question, answer } = before;
      await fixture.store.accept(before);
      const done = finished(withText(answer, 'half an emoji \ud83d'));
      await fixture.store.putMessages(conversationId, [done], SAMPLE_MS + 1);
      await fixture.store.setTitle(conversationId, 'A title', SAMPLE_MS + 2);
      await fixture.store.close();
      const store = await fixture.openAnother();
      expect(await store.readMessages(conversationId)).toEqual([question, done]);
      expect(await store.accept({ ...before, answer: sampleAnswer() })).toMatchObject({ kind: 'repeated' });
      expect(await store.listConversations(owner, { limit: 1 })).toEqual([
        {
          id: conversationId,
          ...owner,
          title: 'A title',
          createdAtMs: SAMPLE_MS,
          updatedAtMs: SAMPLE_MS + 2,
          preview: 'half an emoji ',
        },
      ]);
    });

    it('another process reads every resolved write while the first process is running', async () => {
      const acceptance = sampleAcceptance();
      await fixture.store.accept(acceptance);
      const other = await fixture.openAnother();
      const { conversationId, question, answer } = acceptance;
      expect(await other.readMessages(conversationId)).toEqual([question, answer]);
      await other.putMessages(conversationId, [withText(answer, 'by the other')], SAMPLE_MS);
      expect(await fixture.store.readMessages(conversationId)).toEqual([
        question,
        withText(answer, 'by the other'),
      ]);
    });

    it('when two processes accept the same key at once, exactly one acceptance is written (7)', async () => {
      const stores = [fixture.store, await fixture.openAnother()];
      const acceptance = sampleAcceptance();
      const outcomes = await Promise.all(
        stores.map((store) => store.accept({ ...acceptance, answer: sampleAnswer() })),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', 'repeated']);
      expect(await fixture.store.readMessages(acceptance.conversationId)).toHaveLength(2);
    });

    it('a conversation that one process has erased does not exist for the other process', async () => {
      const acceptance = sampleAcceptance({ owner: sampleOwner() });
      await fixture.store.accept(acceptance);
      const other = await fixture.openAnother();
      await other.eraseConversation(acceptance.conversationId);
      expect(await fixture.store.readConversation(acceptance.conversationId)).toBeUndefined();
    });
  });
}
