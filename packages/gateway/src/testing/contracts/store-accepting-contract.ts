/** The part of the store's contract about `accept`: an accepted message is neither lost nor duplicated. */
import { mintRunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
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

/** Adds the tests of `accept` and `forgetKeys`. Called by `describeStore`. @param store that of the current test */
export function describeAccepting(store: () => Store): void {
  it('accepting a message stores it with its answer, and creates its conversation (7)', async () => {
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

  it('the same key with the same digest returns the first answer and writes nothing (7)', async () => {
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

  it('of many concurrent acceptances with one key, exactly one is accepted and the others return its answer (7)', async () => {
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

  it('of two concurrent acceptances with one key and different digests, one is accepted and the other is a conflict (7)', async () => {
    const one = sampleAcceptance();
    const other = { ...one, digest: 'other', answer: sampleAnswer() };
    const outcomes = await Promise.all([store().accept(one), store().accept(other)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', 'conflict']);
    expect(await store().readMessages(one.conversationId)).toHaveLength(2);
  });

  it('an acceptance beyond `maxRunning` unfinished runs is busy and writes nothing; a repeated one is still repeated', async () => {
    const first = await accepted(store());
    const { conversationId, owner } = first;
    const second = sampleAcceptance({ conversationId, owner, maxRunning: 0 });
    expect(await store().accept(second)).toEqual({ kind: 'busy' });
    expect(await store().readMessages(conversationId)).toHaveLength(2);
    expect(await store().accept({ ...first, maxRunning: 0 })).toMatchObject({ kind: 'repeated' });
    expect(await store().accept({ ...second, maxRunning: 1 })).toMatchObject({ kind: 'accepted' });
  });

  it('of many concurrent messages where one run is allowed, exactly one is accepted', async () => {
    const { conversationId, owner, answer } = await accepted(store());
    await store().putMessages(conversationId, [finished(answer)], SAMPLE_MS);
    const attempts = Array.from({ length: 8 }, () =>
      sampleAcceptance({ conversationId, owner, maxRunning: 0 }),
    );
    const outcomes = await Promise.all(attempts.map((attempt) => store().accept(attempt)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', ...Array<string>(7).fill('busy')]);
  });

  it('of many concurrent acceptances with the same `newestId`, exactly one is accepted and the others are `moved`', async () => {
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

  it('an acceptance with `newestId: null` starts a conversation, and is `moved` when it has messages', async () => {
    const { conversationId, owner } = await accepted(store(), { newestId: null });
    const second = sampleAcceptance({ conversationId, owner, newestId: null });
    expect(await store().accept(second)).toEqual({ kind: 'moved' });
  });

  it("an acceptance in another owner's conversation is not-found and writes nothing (9)", async () => {
    const { conversationId, question, answer } = await accepted(store());
    const acceptance = sampleAcceptance({ conversationId, nowMs: SAMPLE_MS + 9 });
    expect(await store().accept(acceptance)).toEqual({ kind: 'not-found' });
    expect(await store().accept({ ...acceptance, key: question.id })).toEqual({ kind: 'not-found' });
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
    expect((await store().readConversation(conversationId))?.updatedAtMs).toBe(SAMPLE_MS);
  });

  it('the same owner id on another site is a different owner (9)', async () => {
    const { conversationId, owner } = await accepted(store());
    const elsewhere = sampleAcceptance({ conversationId, owner: { ...owner, siteId: 'other-site' } });
    expect(await store().accept(elsewhere)).toEqual({ kind: 'not-found' });
  });

  it('a message id may be used in two conversations', async () => {
    const first = await accepted(store());
    const second = sampleAcceptance({ question: first.question });
    expect(await store().accept(second)).toMatchObject({ kind: 'accepted' });
    expect(await store().readMessages(first.conversationId)).toEqual([first.question, first.answer]);
  });

  it('a question with the id of an existing message is a conflict and writes nothing', async () => {
    const { conversationId, owner, question, answer } = await accepted(store());
    const hostile = { ...sampleQuestion('mine now'), id: answer.id };
    const outcome = await store().accept(sampleAcceptance({ conversationId, owner, question: hostile }));
    expect(outcome).toEqual({ kind: 'conflict' });
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
  });

  it('a regeneration adds only an answer, with the run id as the key', async () => {
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
    expect(await store().accept(acceptance)).toMatchObject({ kind: 'accepted' });
    expect(await store().accept(acceptance)).toMatchObject({ kind: 'repeated', answerId: next.id });
    expect(await store().readMessages(conversationId)).toEqual([question, answer, next]);
  });

  it('an acceptance whose answer has no run is an error and writes nothing', async () => {
    const whole = sampleAcceptance();
    const { run: _run, ...withoutRun } = whole.answer;
    await expect(store().accept({ ...whole, answer: withoutRun })).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await store().readConversation(whole.conversationId)).toBeUndefined();
  });

  it('an acceptance that fails halfway writes nothing, and the store remains usable', async () => {
    const { conversationId, owner, question, answer } = await accepted(store());
    const broken = unwritable(sampleAnswer());
    for (const parts of [{ conversationId, owner }, {}]) {
      const acceptance = sampleAcceptance({ ...parts, answer: broken });
      await expect(store().accept(acceptance)).rejects.toMatchObject({ code: 'internal' });
      const after = await store().readMessages(acceptance.conversationId);
      expect(after).toEqual(acceptance.conversationId === conversationId ? [question, answer] : []);
      expect(await store().accept({ ...acceptance, answer: sampleAnswer() })).toMatchObject({
        kind: 'accepted',
      });
    }
  });

  it('after a key is forgotten, its message is a conflict and never duplicated (7)', async () => {
    const old = await accepted(store());
    const young = await accepted(store(), { nowMs: SAMPLE_MS + 1 });
    await store().forgetKeys(SAMPLE_MS + 1);
    expect(await store().accept({ ...old, answer: sampleAnswer() })).toEqual({ kind: 'conflict' });
    expect(await store().accept(young)).toMatchObject({ kind: 'repeated' });
  });
}
