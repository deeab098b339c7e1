/** The part of the store's contract about listing and searching an owner's conversations. */
import { expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, finished, sampleOwner, sampleQuestion, withText } from '../samples.ts';

/** Adds the tests of titles, previews and search. Called by `describeStore`. @param store that of the current test */
export function describeSearching(store: () => Store): void {
  /** Stores a conversation with this question and answer. @returns its id */
  const storeConversation = async (
    question: string,
    answer: string,
    parts: Parameters<typeof accepted>[1] = {},
  ) => {
    const asked = await accepted(store(), { question: sampleQuestion(question), ...parts });
    await store().endRun(asked.conversationId, finished(withText(asked.answer, answer)), SAMPLE_MS);
    return asked.conversationId;
  };
  const find = async (owner: ReturnType<typeof sampleOwner>, query: string, limit = 9) =>
    (await store().listConversations(owner, { limit, query })).map(({ id }) => id);

  it('the acceptance that creates a conversation sets its title; a later one does not', async () => {
    const first = await accepted(store(), { title: 'Where is my order?' });
    const { conversationId, owner } = first;
    await store().putMessages(conversationId, [finished(first.answer)], SAMPLE_MS);
    await accepted(store(), { conversationId, owner, title: 'And the other?' });
    expect((await store().readConversation(conversationId))?.title).toBe('Where is my order?');
    expect((await store().readConversation((await accepted(store())).conversationId))?.title).toBeNull();
  });

  it('the preview is the beginning of the newest complete message, in one line', async () => {
    const owner = sampleOwner();
    await storeConversation('Hello?', `Good\n\n day. ${'🌊'.repeat(200)}`, { owner });
    const [summary] = await store().listConversations(owner, { limit: 1 });
    expect(summary?.preview).toMatch(/^Good day\. 🌊+$/u);
    expect(summary?.preview.length).toBeLessThanOrEqual(160);
    const running = await accepted(store(), { question: sampleQuestion('Are you there?') });
    await store().putMessages(running.conversationId, [withText(running.answer, 'half')], SAMPLE_MS);
    const list = await store().listConversations(running.owner, { limit: 1 });
    expect(list[0]?.preview).toBe('Are you there?');
  });

  it('a search matches titles, questions and answers, ignoring case in any alphabet', async () => {
    const owner = sampleOwner();
    const one = await storeConversation('Wo sind meine ÄPFEL?', 'Im Keller.', { owner, title: 'Obst' });
    const other = await storeConversation('Ещё раз?', 'Cafe\u0301 is open.', { owner, nowMs: SAMPLE_MS - 1 });
    expect(await find(owner, 'äpfel')).toEqual([one]);
    expect(await find(owner, 'KELLER')).toEqual([one]);
    expect(await find(owner, 'oBST')).toEqual([one]);
    expect(await find(owner, 'ещЁ РАЗ')).toEqual([other]);
    expect(await find(owner, 'CAFÉ')).toEqual([other]);
    expect(await find(owner, '')).toHaveLength(2);
    await store().setTitle(one, 'Renamed', SAMPLE_MS);
    expect([await find(owner, 'obst'), await find(owner, 'renamed')]).toEqual([[], [one]]);
  });

  it('no character of a query is a wildcard, and the stored form of a message is not searched', async () => {
    const owner = sampleOwner();
    await storeConversation('plain words', 'and more', { owner, title: 'plain' });
    for (const query of [
      '%',
      '_',
      '\\',
      '*',
      '"',
      "'",
      '%plain%',
      'p_ain',
      'assistant',
      'text',
      'null',
      'parts',
    ])
      expect(await find(owner, query)).toEqual([]);
    const odd = await storeConversation('100%_\\ "sure"\nnew\0line \ud83d', '--', { owner });
    for (const query of ['100%', '%_\\', '"SURE"', 'sure"\nnew', 'newline', 'new\0line', '--'])
      expect(await find(owner, query)).toEqual([odd]);
  });

  it('a search finds only the owner’s conversations, in the order of the list, in pages', async () => {
    const owner = sampleOwner();
    const ids = [];
    for (const nowMs of [1, 2, 3]) ids.push((await accepted(store(), { owner, nowMs })).conversationId);
    await accepted(store());
    expect(await find(owner, 'RIVULET')).toEqual(ids.toReversed());
    expect(await find(owner, 'rivulet', 2)).toEqual([ids[2], ids[1]]);
    const older = await store().listConversations(owner, { limit: 2, query: 'rivulet', beforeMs: 2 });
    expect(older.map(({ id }) => id)).toEqual([ids[0]]);
  });
}
