/** The part of a store's contract that keeps an accepted message from being lost or doubled. */
import { mintRunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/random.ts';
import type { Store } from '../../stores/store.ts';
import {
  SAMPLE_MS,
  accepted,
  finished,
  sampleAcceptance,
  sampleAnswer,
  sampleQuestion,
  unwritable,
  withText,
} from '../samples.ts';

/** Called by `describeStore`. */
export function describeAccepting(store: () => Store): void {
  it('an accepted message is there with its answer, in a conversation that is created for it (7)', async () => {
    const { conversationId, owner, question, answer } = await accepted(store());
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
    expect(await store().readConversation(conversationId)).toEqual({
      id: conversationId,
      ...owner,
      title: null,
      createdAtMs: SAMPLE_MS,
      updatedAtMs: SAMPLE_MS,
    });
  });

  it('the same key with the same digest is answered as then and writes nothing (7)', async () => {
    const first = await accepted(store());
    const { conversationId, answer } = first;
    const again = await store().accept({ ...first, answer: sampleAnswer(), nowMs: SAMPLE_MS + 9 });
    expect(again).toEqual({ kind: 'repeated', answerId: answer.id, runId: answer.run?.id });
    expect(await store().readMessages(conversationId)).toHaveLength(2);
    expect((await store().readConversation(conversationId))?.updatedAtMs).toBe(SAMPLE_MS);
  });

  it('the same key with another digest is a conflict and writes nothing (7)', async () => {
    const first = await accepted(store());
    const changed = { ...first, question: withText(first.question, 'other'), digest: 'other' };
    expect(await store().accept({ ...changed, answer: sampleAnswer() })).toEqual({ kind: 'conflict' });
    expect(await store().readMessages(first.conversationId)).toEqual([first.question, first.answer]);
  });

  it('of many writers with one key at once, exactly one is accepted and the others are told of its answer (7)', async () => {
    const first = sampleAcceptance();
    const attempts = Array.from({ length: 8 }, () => ({ ...first, answer: sampleAnswer() }));
    const outcomes = await Promise.all(attempts.map((attempt) => store().accept(attempt)));
    const winner = attempts[outcomes.findIndex(({ kind }) => kind === 'accepted')];
    const repeated = { kind: 'repeated', answerId: winner?.answer.id, runId: winner?.answer.run?.id };
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind !== 'accepted')).toEqual(Array(7).fill(repeated));
    expect((await store().readMessages(first.conversationId)).map(({ id }) => id)).toEqual([
      first.question.id,
      winner?.answer.id,
    ]);
  });

  it('of two bodies under one key at once, one is accepted and the other a conflict (7)', async () => {
    const one = sampleAcceptance();
    const other = { ...one, digest: 'other', answer: sampleAnswer() };
    const outcomes = await Promise.all([store().accept(one), store().accept(other)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', 'conflict']);
    expect(await store().readMessages(one.conversationId)).toHaveLength(2);
  });

  it('an acceptance beyond `maxRunning` unfinished runs is busy and writes nothing; a repeated one is not', async () => {
    const first = await accepted(store());
    const { conversationId, owner } = first;
    const second = sampleAcceptance({ conversationId, owner, maxRunning: 0 });
    expect(await store().accept(second)).toEqual({ kind: 'busy' });
    expect(await store().readMessages(conversationId)).toHaveLength(2);
    expect(await store().accept({ ...first, maxRunning: 0 })).toMatchObject({ kind: 'repeated' });
    expect(await store().accept({ ...second, maxRunning: 1 })).toEqual({ kind: 'accepted' });
  });

  it('of many messages at once where one may run, exactly one is accepted', async () => {
    const { conversationId, owner, answer } = await accepted(store());
    await store().putMessages(conversationId, [finished(answer)], SAMPLE_MS);
    const attempts = Array.from({ length: 8 }, () =>
      sampleAcceptance({ conversationId, owner, maxRunning: 0 }),
    );
    const outcomes = await Promise.all(attempts.map((attempt) => store().accept(attempt)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', ...Array<string>(7).fill('busy')]);
  });

  it('of many writers who have seen the same newest message, exactly one comes after it and the others read again', async () => {
    const { conversationId, owner, answer } = await accepted(store());
    const attempts = Array.from({ length: 8 }, () =>
      sampleAcceptance({ conversationId, owner, newestId: answer.id }),
    );
    const outcomes = await Promise.all(attempts.map((attempt) => store().accept(attempt)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', ...Array<string>(7).fill('moved')]);
    expect(await store().readMessages(conversationId)).toHaveLength(4);
    const winner = attempts[outcomes.findIndex(({ kind }) => kind === 'accepted')] ?? sampleAcceptance();
    expect(await store().accept(winner)).toMatchObject({ kind: 'repeated' });
  });

  it('whoever has seen nothing begins the conversation, or reads again', async () => {
    const { conversationId, owner } = await accepted(store(), { newestId: null });
    const second = sampleAcceptance({ conversationId, owner, newestId: null });
    expect(await store().accept(second)).toEqual({ kind: 'moved' });
  });

  it("another owner's conversation is not found, and nothing is written to it (9)", async () => {
    const { conversationId, question, answer } = await accepted(store());
    const stranger = sampleAcceptance({ conversationId, nowMs: SAMPLE_MS + 9 });
    expect(await store().accept(stranger)).toEqual({ kind: 'not-found' });
    expect(await store().accept({ ...stranger, key: question.id })).toEqual({ kind: 'not-found' });
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
    expect((await store().readConversation(conversationId))?.updatedAtMs).toBe(SAMPLE_MS);
  });

  it('the same owner id on another site is another owner (9)', async () => {
    const { conversationId, owner } = await accepted(store());
    const elsewhere = sampleAcceptance({ conversationId, owner: { ...owner, siteId: 'other-site' } });
    expect(await store().accept(elsewhere)).toEqual({ kind: 'not-found' });
  });

  it("a visitor's message id does not block the same id in another conversation", async () => {
    const first = await accepted(store());
    const thief = sampleAcceptance({ question: first.question });
    expect(await store().accept(thief)).toEqual({ kind: 'accepted' });
    expect(await store().readMessages(first.conversationId)).toEqual([first.question, first.answer]);
  });

  it('a question with the id of a message that is there already is a conflict, and nothing is written', async () => {
    const { conversationId, owner, question, answer } = await accepted(store());
    const hostile = { ...sampleQuestion('mine now'), id: answer.id };
    const outcome = await store().accept(sampleAcceptance({ conversationId, owner, question: hostile }));
    expect(outcome).toEqual({ kind: 'conflict' });
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
  });

  it('a regeneration adds an answer alone, and its run is the key', async () => {
    const { conversationId, owner, question, answer } = await accepted(store());
    const next = sampleAnswer();
    const key = next.run?.id ?? mintRunId(randomBytes);
    const acceptance = {
      conversationId,
      owner,
      answer: next,
      digest: 'again',
      key,
      maxRunning: 1,
      nowMs: SAMPLE_MS,
    };
    expect(await store().accept(acceptance)).toEqual({ kind: 'accepted' });
    expect(await store().accept(acceptance)).toMatchObject({ kind: 'repeated', answerId: next.id });
    expect(await store().readMessages(conversationId)).toEqual([question, answer, next]);
  });

  it('an acceptance without a run is an error, and nothing is written', async () => {
    const whole = sampleAcceptance();
    const { run: _run, ...withoutRun } = whole.answer;
    await expect(store().accept({ ...whole, answer: withoutRun })).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await store().readConversation(whole.conversationId)).toBeUndefined();
  });

  it('an acceptance that breaks in the middle leaves nothing behind, and the store lives', async () => {
    const { conversationId, owner, question, answer } = await accepted(store());
    const broken = unwritable(sampleAnswer());
    for (const parts of [{ conversationId, owner }, {}]) {
      const acceptance = sampleAcceptance({ ...parts, answer: broken });
      await expect(store().accept(acceptance)).rejects.toMatchObject({ code: 'internal' });
      const after = await store().readMessages(acceptance.conversationId);
      expect(after).toEqual(acceptance.conversationId === conversationId ? [question, answer] : []);
      expect(await store().accept({ ...acceptance, answer: sampleAnswer() })).toEqual({ kind: 'accepted' });
    }
  });

  it('a forgotten key lets go of its id, but never doubles a message that is still there (7)', async () => {
    const old = await accepted(store());
    const young = await accepted(store(), { nowMs: SAMPLE_MS + 1 });
    await store().forgetKeys(SAMPLE_MS + 1);
    expect(await store().accept({ ...old, answer: sampleAnswer() })).toEqual({ kind: 'conflict' });
    expect(await store().accept(young)).toMatchObject({ kind: 'repeated' });
  });
}
