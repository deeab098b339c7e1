/** The part of the store's contract about the desk: no run is accepted while a person answers, and nobody overwrites another's change. */
import { randomUUID } from 'node:crypto';
import type { Message } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { NO_DESK, type DeskQuery, type DeskRecord } from '../../stores/desk-store.ts';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, sampleAcceptance, sampleAnswer, sampleQuestion } from '../samples.ts';

const ADA = { id: 'ada', name: 'Ada' };
const owned = (changes: Partial<DeskRecord> = {}): DeskRecord => ({
  ...NO_DESK,
  revision: 1,
  owner: { kind: 'person', number: 1, sinceMs: SAMPLE_MS, person: ADA },
  ...changes,
});

/** Adds the tests of the desk. Called by `describeStore`. @param store that of the current test */
export function describeDesk(store: () => Store): void {
  const change = async (next: DeskRecord, place: Awaited<ReturnType<typeof accepted>>) =>
    store().desk.change({ conversationId: place.conversationId, next, nowMs: SAMPLE_MS });
  const write = (place: Awaited<ReturnType<typeof accepted>>, value: Message, next: DeskRecord) =>
    store().desk.change({
      ...{ conversationId: place.conversationId, next, nowMs: SAMPLE_MS + 7 },
      message: { value, newestId: place.answer.id },
    });

  it('a record is kept beside the conversation, and another change of the same revision is refused', async () => {
    const place = await accepted(store());
    expect(await change(owned(), place)).toBe('changed');
    expect(await change(owned({ status: 'closed' }), place)).toBe('moved');
    expect((await store().readConversation(place.conversationId))?.desk).toEqual(owned());
    expect((await store().readStanding(place.conversationId))?.record.desk).toEqual(owned());
  });

  it('of twenty changes at one moment one is made', async () => {
    const place = await accepted(store());
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => change(owned(), place)));
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
  });

  it('no run is accepted while a person answers, or should; a repeated one is still known', async () => {
    const first = await accepted(store());
    const { conversationId, owner } = first;
    await change(owned(), first);
    const more = sampleAcceptance({ conversationId, owner, question: sampleQuestion() });
    expect(await store().accept(more)).toEqual({ kind: 'owned' });
    expect(await store().readMessages(conversationId)).toHaveLength(2);
    expect((await store().accept({ ...first, answer: sampleAnswer() })).kind).toBe('repeated');
    await change(owned({ revision: 2, owner: { kind: 'ai', number: 2, sinceMs: SAMPLE_MS } }), first);
    expect((await store().accept(more)).kind).toBe('accepted');
  });

  it('a run and a take-over at one moment: a run that is accepted was accepted before', async () => {
    const place = await accepted(store());
    const { conversationId, owner } = place;
    const more = sampleAcceptance({ conversationId, owner, question: sampleQuestion() });
    const [run, taken] = await Promise.all([store().accept(more), change(owned(), place)]);
    expect([taken, ['accepted', 'owned'].includes(run.kind)]).toEqual(['changed', true]);
    const question = sampleQuestion();
    const late = { ...more, key: question.id, question, answer: sampleAnswer() };
    expect((await store().accept(late)).kind).toBe('owned');
  });

  it('a message is added with a change, once, after the newest one', async () => {
    const place = await accepted(store());
    const message: Message = { ...sampleQuestion('I am here.'), role: 'agent', author: ADA };
    expect(await write(place, message, owned())).toBe('changed');
    expect((await store().readMessages(place.conversationId)).at(-1)).toEqual(message);
    expect((await store().readConversation(place.conversationId))?.updatedAtMs).toBe(SAMPLE_MS + 7);
    expect(await write(place, sampleQuestion(), owned({ revision: 2 }))).toBe('moved');
    expect(await store().readMessages(place.conversationId)).toHaveLength(3);
  });

  it('a conversation that does not exist, or was erased, is not changed', async () => {
    const place = await accepted(store());
    await store().eraseConversation(place.conversationId);
    expect(await change(owned(), place)).toBe('moved');
  });

  it('the list has the pages of one site, whose visitor has waited longest first, without those of the model', async () => {
    const siteId = `site ${randomUUID()}`;
    const place = async (next: DeskRecord) => {
      const one = await accepted(store(), { owner: { siteId, ownerId: 'v_1' } });
      await change(next, one);
      return one.conversationId;
    };
    const queue = { kind: 'queue', number: 1, sinceMs: SAMPLE_MS } as const;
    const idle = await place(owned());
    const late = await place(owned({ owner: queue, waitingSinceMs: SAMPLE_MS + 2 }));
    const early = await place(owned({ waitingSinceMs: SAMPLE_MS + 1 }));
    const closed = await place(owned({ status: 'closed' }));
    await place(owned({ owner: { ...queue, kind: 'ai' } }));
    const list = async (query: Partial<DeskQuery> = {}) =>
      (await store().desk.list({ siteId, of: 'all', status: 'open', limit: 10, ...query })).map(
        ({ id }) => id,
      );
    expect(await list()).toEqual([early, late, idle]);
    expect(await list({ limit: 1, after: { conversationId: early, waitingSinceMs: SAMPLE_MS + 1 } })).toEqual(
      [late],
    );
    expect(await list({ after: { conversationId: late, waitingSinceMs: SAMPLE_MS + 2 } })).toEqual([idle]);
    expect(await list({ of: 'unassigned' })).toEqual([late]);
    expect(await list({ of: { personId: 'ada' } })).toEqual([early, idle]);
    expect(await list({ status: 'closed' })).toEqual([closed]);
  });

  it('a search finds the text of messages, looks at 300 conversations a page, and says where it goes on', async () => {
    const siteId = `site ${randomUUID()}`;
    const place = async (index: number, text: string) => {
      const owner = { siteId, ownerId: 'v_1' };
      const one = await accepted(store(), { owner, question: sampleQuestion(text) });
      await change(owned({ waitingSinceMs: SAMPLE_MS + index }), one);
      return one.conversationId;
    };
    const [first, second] = [await place(0, 'An ORANGE chair'), await place(1, 'no % wildcard')];
    const search = async (text: string, query: Partial<DeskQuery> = {}) => {
      const asked = { siteId, of: 'all', status: 'open', limit: 10, ...query } as const;
      const { conversations, next } = await store().desk.search({ ...asked, text });
      return { ids: conversations.map(({ id }) => id), next };
    };
    expect(await search('orange')).toEqual({ ids: [first], next: undefined });
    expect(await search('%')).toEqual({ ids: [second], next: undefined });
    expect(await search('orange', { of: 'unassigned' })).toEqual({ ids: [], next: undefined });
    for (let index = 2; index < 300; index += 1) await place(index, 'nothing');
    const last = await place(300, 'another orange');
    const page = await search('orange');
    expect(page).toMatchObject({ ids: [first], next: { waitingSinceMs: SAMPLE_MS + 299 } });
    expect(await search('orange', { after: page.next! })).toEqual({ ids: [last], next: undefined });
  }, 60_000);
}
