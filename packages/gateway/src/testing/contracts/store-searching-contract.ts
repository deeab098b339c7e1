/** The part of a store's contract by which an owner finds a conversation again. */
import { expect, it } from 'vitest';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, finished, sampleOwner, sampleQuestion, withText } from '../samples.ts';

/** Called by `describeStore`. */
export function describeSearching(store: () => Store): void {
  /** A conversation in which this was asked and answered; its id. */
  const talk = async (question: string, answer: string, parts: Parameters<typeof accepted>[1] = {}) => {
    const asked = await accepted(store(), { question: sampleQuestion(question), ...parts });
    await store().endRun(asked.conversationId, finished(withText(asked.answer, answer)), SAMPLE_MS);
    return asked.conversationId;
  };
  const find = async (owner: ReturnType<typeof sampleOwner>, query: string, limit = 9) =>
    (await store().listConversations(owner, { limit, query })).map(({ id }) => id);

  it('what creates a conversation gives it its title; a later message does not', async () => {
    const first = await accepted(store(), { title: 'Where is my order?' });
    const { conversationId, owner } = first;
    await store().putMessages(conversationId, [finished(first.answer)], SAMPLE_MS);
    await accepted(store(), { conversationId, owner, title: 'And the other?' });
    expect((await store().readConversation(conversationId))?.title).toBe('Where is my order?');
    expect((await store().readConversation((await accepted(store())).conversationId))?.title).toBeNull();
  });

  it('a list shows how the newest whole message begins, in one line', async () => {
    const owner = sampleOwner();
    await talk('Hello?', `Good\n\n day. ${'🌊'.repeat(200)}`, { owner });
    const [summary] = await store().listConversations(owner, { limit: 1 });
    expect(summary?.preview).toMatch(/^Good day\. 🌊+$/u);
    expect(summary?.preview.length).toBeLessThanOrEqual(160);
    const running = await accepted(store(), { question: sampleQuestion('Are you there?') });
    await store().putMessages(running.conversationId, [withText(running.answer, 'half')], SAMPLE_MS);
    const list = await store().listConversations(running.owner, { limit: 1 });
    expect(list[0]?.preview).toBe('Are you there?');
  });

  it('a search looks at titles, questions and answers, in any case and any alphabet', async () => {
    const owner = sampleOwner();
    const one = await talk('Wo sind meine ÄPFEL?', 'Im Keller.', { owner, title: 'Obst' });
    const other = await talk('Ещё раз?', 'Cafe\u0301 is open.', { owner, nowMs: SAMPLE_MS - 1 });
    expect(await find(owner, 'äpfel')).toEqual([one]);
    expect(await find(owner, 'KELLER')).toEqual([one]);
    expect(await find(owner, 'oBST')).toEqual([one]);
    expect(await find(owner, 'ещЁ РАЗ')).toEqual([other]);
    expect(await find(owner, 'CAFÉ')).toEqual([other]);
    expect(await find(owner, '')).toHaveLength(2);
    await store().setTitle(one, 'Renamed', SAMPLE_MS);
    expect([await find(owner, 'obst'), await find(owner, 'renamed')]).toEqual([[], [one]]);
  });

  it('no letter of a query means anything else, and how a message is kept is not looked at', async () => {
    const owner = sampleOwner();
    await talk('plain words', 'and more', { owner, title: 'plain' });
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
    const odd = await talk('100%_\\ "sure"\nnew\0line \ud83d', '--', { owner });
    for (const query of ['100%', '%_\\', '"SURE"', 'sure"\nnew', 'newline', 'new\0line', '--'])
      expect(await find(owner, query)).toEqual([odd]);
  });

  it('a search finds an owner’s own conversations alone, in the list’s order, page by page', async () => {
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
