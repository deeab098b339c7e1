/** The part of the store's contract about messages: they are returned unchanged and in order. */
import { ConversationIdSchema, mintConversationId, type Message } from '@rivulet/protocol';
import * as v from 'valibot';
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

const idsOf = (messages: readonly Message[]) => messages.map(({ id }) => id);

/** Adds the tests of messages and runs. Called by `describeStore`. @param store that of the current test */
export function describeMessages(store: () => Store): void {
  it('a message that is written again keeps its place, and new messages are added at the end', async () => {
    const { conversationId, question, answer } = await accepted(store());
    const [third, fourth] = [sampleQuestion('third'), sampleQuestion('fourth')];
    await store().putMessages(conversationId, [third], SAMPLE_MS + 1);
    const changed = finished(withText(answer, 'done'));
    await store().putMessages(conversationId, [fourth, changed], SAMPLE_MS + 2);
    expect(await store().readMessages(conversationId)).toEqual([question, changed, third, fourth]);
    expect((await store().readConversation(conversationId))?.updatedAtMs).toBe(SAMPLE_MS + 2);
  });

  it('removing a message keeps the order of the others', async () => {
    const { conversationId, question, answer } = await accepted(store());
    const third = sampleQuestion();
    await store().putMessages(conversationId, [third], SAMPLE_MS);
    await store().removeMessage(conversationId, answer.id);
    await store().removeMessage(conversationId, answer.id);
    expect(await store().readMessages(conversationId)).toEqual([question, third]);
    const fourth = sampleQuestion();
    await store().putMessages(conversationId, [fourth], SAMPLE_MS);
    expect(idsOf(await store().readMessages(conversationId))).toEqual([question.id, third.id, fourth.id]);
  });

  it('one call of putMessages writes all of its messages or none', async () => {
    const { conversationId, question, answer } = await accepted(store());
    const broken = unwritable(sampleQuestion());
    const put = store().putMessages(conversationId, [withText(answer, 'new'), broken], SAMPLE_MS + 1);
    await expect(put).rejects.toMatchObject({ code: 'internal' });
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
    expect((await store().readConversation(conversationId))?.updatedAtMs).toBe(SAMPLE_MS);
  });

  it.each([
    ['half an emoji', 'a\ud83d'],
    ['the other half of an emoji', '\ude00b'],
    ['NUL characters', '\0 in \0 the middle \0'],
    ['quotes, percent signs and a query', `'; DROP TABLE messages; -- "%_\\`],
    ['line separators and a byte order mark', '\u2028\u2029\ufeff'],
    ['a length of 1 MB', '🌊x'.repeat(200_000)],
    ['no characters', ''],
  ])('text with %s is returned unchanged', async (_what, text) => {
    const question = sampleQuestion(text);
    const { conversationId, answer } = await accepted(store(), { question });
    const written = withText(answer, text);
    await store().putMessages(conversationId, [written], SAMPLE_MS);
    await store().setTitle(conversationId, text.slice(0, 200), SAMPLE_MS);
    expect(await store().readMessages(conversationId)).toEqual([question, written]);
    expect((await store().readConversation(conversationId))?.title).toBe(text.slice(0, 200));
  });

  it('every kind of part is returned unchanged', async () => {
    const { conversationId, question, answer } = await accepted(store());
    const whole: Message = {
      ...finished(answer, 'error'),
      parts: [
        { type: 'reasoning', text: 'hm' },
        { type: 'tool', callId: 't', name: 'f', state: 'finished', inputText: '{}', input: { a: [null, 1] } },
        { type: 'source', sourceId: 's', title: 'Docs', url: 'https://example.com' },
        { type: 'data', name: 'card', value: { deep: [{ x: 0.1 }] } },
      ],
      feedback: { value: 'down', comment: 'no' },
    };
    await store().putMessages(conversationId, [whole], SAMPLE_MS);
    expect(await store().readMessages(conversationId)).toEqual([question, whole]);
  });

  it('readMessages returns copies: changing them does not change the stored messages', async () => {
    const { conversationId, question, answer } = await accepted(store());
    const [first] = await store().readMessages(conversationId);
    first?.parts.push({ type: 'text', text: 'not stored' });
    expect(await store().readMessages(conversationId)).toEqual([question, answer]);
  });

  it('conversations have separate messages, also when the id of one is a prefix of the other', async () => {
    const short = mintConversationId(randomBytes);
    const long = v.parse(ConversationIdSchema, `${short}_1`);
    const one = await accepted(store(), { conversationId: short });
    const other = await accepted(store(), { conversationId: long });
    await store().eraseConversation(short);
    expect(await store().readMessages(short)).toEqual([]);
    expect(await store().readMessages(long)).toEqual([other.question, other.answer]);
    expect(await store().accept(other)).toMatchObject({ kind: 'repeated' });
    expect(await store().accept(one)).toMatchObject({ kind: 'accepted' });
  });

  it('the first end of a run is final: neither another end nor a late checkpoint changes it (3)', async () => {
    const { conversationId, question, answer } = await accepted(store());
    const ends = [finished(withText(answer, 'one')), finished(withText(answer, 'two'), 'interrupted')];
    const written = await Promise.all(ends.map((end) => store().endRun(conversationId, end, SAMPLE_MS + 1)));
    expect(written.filter(Boolean)).toHaveLength(1);
    await store().putMessages(conversationId, [withText(answer, 'late')], SAMPLE_MS + 2);
    expect(await store().readMessages(conversationId)).toEqual([question, ends[written.indexOf(true)]]);
  });

  it('a finished run is listed as unsettled until it is settled, and does not count as running', async () => {
    const { conversationId, owner, answer } = await accepted(store());
    const isListed = async () =>
      (await store().listUnsettled()).some(({ messageId }) => messageId === answer.id);
    const ended = finished(answer);
    expect(await store().endRun(conversationId, ended, SAMPLE_MS + 1)).toBe(true);
    expect(await store().accept(sampleAcceptance({ conversationId, owner, maxRunning: 0 }))).toMatchObject({
      kind: 'accepted',
    });
    expect(await isListed()).toBe(true);
    await store().putMessages(conversationId, [{ ...ended, feedback: { value: 'up' } }], SAMPLE_MS + 1);
    expect(await isListed()).toBe(true);
    await store().settleRun(conversationId, answer.id);
    expect(await isListed()).toBe(false);
  });

  it('ending a run of an erased conversation writes nothing and does not restore the conversation', async () => {
    const { conversationId, answer } = await accepted(store());
    await store().eraseConversation(conversationId);
    expect(await store().endRun(conversationId, finished(answer), SAMPLE_MS)).toBe(false);
    await store().settleRun(conversationId, answer.id);
    expect(await store().readConversation(conversationId)).toBeUndefined();
  });

  it('listUnsettled returns the ids of running messages, oldest first, until they are finished', async () => {
    const newer = await accepted(store(), { answer: sampleAnswer(SAMPLE_MS + 2) });
    const older = await accepted(store(), { answer: sampleAnswer(SAMPLE_MS + 1) });
    const ended = await accepted(store());
    await store().putMessages(newer.conversationId, [withText(newer.answer, 'so far')], SAMPLE_MS);
    await store().putMessages(ended.conversationId, [finished(ended.answer)], SAMPLE_MS);
    const ids = new Set([newer, older, ended].map(({ conversationId }) => conversationId));
    const idsOf = ({ conversationId, answer: { id: messageId, run } }: typeof newer) => ({
      conversationId,
      messageId,
      runId: run?.id,
    });
    const running = (await store().listUnsettled()).filter(({ conversationId }) => ids.has(conversationId));
    expect(running).toEqual([idsOf(older), idsOf(newer)]);
  });
}
