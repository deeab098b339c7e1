/** What a store that outlives its process holds beside the contract of every store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';
import type { StoreFixture } from './store-contract.ts';
import { SAMPLE_MS, finished, sampleAcceptance, sampleAnswer, sampleOwner, withText } from '../samples.ts';

export interface DurableStoreFixture extends StoreFixture {
  /** Another store over the same data, as another process would open it; `dispose` closes it too. */
  openAnother(): Promise<Store>;
}

/** Runs after `describeStore`, over the same adapter. */
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

    it('everything is there after it was closed and opened again', async () => {
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

    it('what one process has resolved, another one reads, without the first being closed', async () => {
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

    it('two processes that accept one key at once agree on one answer (7)', async () => {
      const stores = [fixture.store, await fixture.openAnother()];
      const acceptance = sampleAcceptance();
      const outcomes = await Promise.all(
        stores.map((store) => store.accept({ ...acceptance, answer: sampleAnswer() })),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', 'repeated']);
      expect(await fixture.store.readMessages(acceptance.conversationId)).toHaveLength(2);
    });

    it('a conversation that one process has erased is gone for the other', async () => {
      const acceptance = sampleAcceptance({ owner: sampleOwner() });
      await fixture.store.accept(acceptance);
      const other = await fixture.openAnother();
      await other.eraseConversation(acceptance.conversationId);
      expect(await fixture.store.readConversation(acceptance.conversationId)).toBeUndefined();
    });
  });
}
