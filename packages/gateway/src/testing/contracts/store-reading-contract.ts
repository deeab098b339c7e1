/** The part of the store's contract about reads of bounded size, and about the progress of unfinished answers. */
import { mintConversationId, mintMessageId, partIdOf, type Message } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { Progress, Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, finished, sampleAnswer, sampleQuestion, withText } from '../samples.ts';

const UNBOUNDED = Number.MAX_SAFE_INTEGER;
const textsOf = (messages: readonly Message[]) =>
  messages.map(({ parts: [part] }) => (part?.type === 'text' ? part.text : ''));

/** Adds the tests of `readStanding`, `readBranch` and `saveProgress`. Called by `describeStore`. */
export function describeReading(store: () => Store): void {
  /** A conversation of finished questions and answers, each after the one before. */
  const chain = async (texts: readonly string[]) => {
    const { conversationId, answer } = await accepted(store());
    let before: Message = finished(withText(answer, 'first'));
    const messages = [before];
    for (const text of texts) {
      before = { ...sampleQuestion(text), parentId: before.id };
      messages.push(before);
    }
    await store().putMessages(conversationId, messages, SAMPLE_MS);
    return { conversationId, messages };
  };
  const grown = (answer: Message, at: number, text: string): Progress['events'][number] =>
    at === 0
      ? { type: 'part-started', partId: partIdOf(answer.id, 0), value: { type: 'text', text } }
      : { type: 'text-delta', partId: partIdOf(answer.id, 0), at, text };

  it('readStanding returns the record, the newest message and the unfinished ones with their questions', async () => {
    const question = sampleQuestion();
    const answer = { ...sampleAnswer(), parentId: question.id };
    const { conversationId } = await accepted(store(), { question, answer });
    const later = sampleQuestion('later');
    await store().putMessages(conversationId, [later], SAMPLE_MS + 1);
    expect(await store().readStanding(conversationId)).toEqual({
      record: await store().readConversation(conversationId),
      newestId: later.id,
      named: undefined,
      unfinished: [{ question, answer }],
    });
    await store().endRun(conversationId, finished(answer), SAMPLE_MS + 2);
    expect(await store().readStanding(conversationId)).toMatchObject({ unfinished: [] });
  });

  it('readStanding returns the named message and the one that it replies to', async () => {
    const { conversationId, messages } = await chain(['one', 'two']);
    const [, one, two] = messages;
    const standing = await store().readStanding(conversationId, two?.id);
    expect(standing?.named).toEqual({ message: two, parent: one });
    const unknown = await store().readStanding(conversationId, mintMessageId(randomBytes));
    expect(unknown).toMatchObject({ named: undefined, newestId: two?.id });
    expect(await store().readStanding(mintConversationId(randomBytes))).toBeUndefined();
  });

  it('a text with a NUL, half a surrogate pair or what looks like an escape has its parent and its branch', async () => {
    const texts = ['a\0b', 'half \ud800', 'no escape: \\u0000', 'pairs \\\\\0 "\\" \\"parentId":"m_other"'];
    const { conversationId, messages } = await chain(texts);
    for (const [index, message] of messages.entries()) {
      const standing = await store().readStanding(conversationId, message.id);
      expect(standing?.named?.message).toEqual(message);
      if (index > 0) expect(standing?.named?.parent).toEqual(messages[index - 1]);
    }
    const newest = messages.at(-1)?.id ?? mintMessageId(randomBytes);
    const branch = await store().readBranch(conversationId, newest, UNBOUNDED);
    expect(textsOf(branch).slice(-texts.length)).toEqual(texts);
  });

  it('a conversation of another owner reads as one that does not exist, to a reader that names itself (9)', async () => {
    const { conversationId } = await accepted(store());
    const record = await store().readConversation(conversationId);
    if (record === undefined) expect.unreachable('the conversation was accepted');
    const { siteId, ownerId } = record;
    const others = [
      { siteId, ownerId: `${ownerId}2` },
      { siteId: `${siteId}2`, ownerId },
      { siteId: ownerId, ownerId: siteId },
      { siteId: '', ownerId: '' },
    ];
    for (const owner of others)
      expect([
        await store().readConversation(conversationId, owner),
        await store().readStanding(conversationId, undefined, owner),
      ]).toEqual([undefined, undefined]);
    expect(await store().readConversation(conversationId, { siteId, ownerId })).toEqual(record);
    const standing = await store().readStanding(conversationId, undefined, { siteId, ownerId });
    expect(standing?.record).toEqual(record);
  });

  it('readBranch returns the messages along the parents, oldest first, and no others', async () => {
    const { conversationId, messages } = await chain(['one', 'two']);
    const [, one, two] = messages;
    const sibling: Message = { ...sampleQuestion('sibling'), parentId: one?.id ?? null };
    await store().putMessages(conversationId, [sibling], SAMPLE_MS);
    const leafId = two?.id ?? sibling.id;
    expect(textsOf(await store().readBranch(conversationId, leafId, UNBOUNDED))).toEqual([
      'first',
      'one',
      'two',
    ]);
    expect(textsOf(await store().readBranch(conversationId, sibling.id, UNBOUNDED))).toEqual([
      'first',
      'one',
      'sibling',
    ]);
    expect(await store().readBranch(conversationId, mintMessageId(randomBytes), UNBOUNDED)).toEqual([]);
  });

  it('readBranch stops before its limit is exceeded, and always returns the message itself', async () => {
    const { conversationId, messages } = await chain(['one', 'two', 'x'.repeat(1_000)]);
    const leafId = messages.at(-1)?.id ?? mintMessageId(randomBytes);
    const last = JSON.stringify(messages.at(-1)).length;
    const two = JSON.stringify(messages.at(-2)).length;
    const lengthWith = async (limit: number) =>
      (await store().readBranch(conversationId, leafId, limit)).length;
    expect(await lengthWith(1)).toBe(1);
    expect(await lengthWith(last + two - 1)).toBe(1);
    expect(await lengthWith(last + two)).toBe(2);
  });

  it('the rounds of an answer are in readBranch alone, also after the message was replaced (G05)', async () => {
    const { conversationId, answer } = await accepted(store());
    const end = finished(withText(answer, 'signed'));
    const metadata = { origin: 'here', fields: { signature: 'c2ln\ud83d' }, reasoning: 'wanted' as const };
    const rounds = [
      { at: 0, metadata: { ...metadata, calls: [{ callId: 'c', upstreamId: 'u' }] } },
      { at: 1 },
    ];
    await store().endRun(conversationId, { ...end, rounds }, SAMPLE_MS);
    const rated: Message = { ...end, feedback: { value: 'up' } };
    await store().putMessages(conversationId, [rated], SAMPLE_MS);
    const branch = await store().readBranch(conversationId, answer.id, UNBOUNDED);
    expect(branch).toEqual([{ ...rated, rounds }]);
    expect((await store().readMessages(conversationId)).at(-1)).toEqual(rated);
    expect((await store().readStanding(conversationId, answer.id))?.named?.message).toEqual(rated);
  });

  it('the saved progress of an unfinished answer is in every read of it, also when it is saved twice', async () => {
    const { conversationId, answer } = await accepted(store());
    const { id: messageId } = answer;
    const save = (...events: Progress['events']) =>
      store().saveProgress([{ conversationId, messageId, events }]);
    await save(grown(answer, 0, 'so'), grown(answer, 2, ' far\ud83d'));
    await save(grown(answer, 2, ' far\ud83d'), grown(answer, 7, '\ude00'));
    const written = withText(answer, 'so far😀');
    expect((await store().readMessages(conversationId)).at(-1)).toEqual(written);
    expect(await store().readStanding(conversationId, messageId)).toMatchObject({
      named: { message: written },
      unfinished: [{ answer: written }],
    });
    expect(await store().readBranch(conversationId, messageId, UNBOUNDED)).toEqual([written]);
  });

  it('progress that is saved after the end of the run changes nothing (3)', async () => {
    const { conversationId, answer } = await accepted(store());
    const progress: Progress = {
      conversationId,
      messageId: answer.id,
      events: [grown(answer, 0, 'saved')],
    };
    await store().saveProgress([progress]);
    const end = finished(withText(answer, 'the end'));
    await store().endRun(conversationId, end, SAMPLE_MS);
    const unknown = mintConversationId(randomBytes);
    await store().saveProgress([progress, { ...progress, conversationId: unknown }]);
    expect((await store().readMessages(conversationId)).at(-1)).toEqual(end);
    expect(await store().readConversation(unknown)).toBeUndefined();
  });

  it('the newest note of an unfinished answer is read with it by its id, until its run has ended', async () => {
    const { conversationId, answer } = await accepted(store());
    const { id: messageId } = answer;
    const save = (...events: Progress['events']) =>
      store().saveProgress([{ conversationId, messageId, events }]);
    const named = async () => (await store().readStanding(conversationId, messageId))?.named;
    expect((await named())?.note).toBeUndefined();
    await save({ type: 'run-note', note: { attempt: 1 } }, grown(answer, 0, 'so'));
    await save({ type: 'run-note', note: { attempt: 2 } });
    await save(grown(answer, 2, ' far'));
    const written = withText(answer, 'so far');
    expect(await named()).toMatchObject({ note: { attempt: 2 }, message: written });
    expect((await store().readMessages(conversationId)).at(-1)).toEqual(written);
    await store().endRun(conversationId, finished(written), SAMPLE_MS);
    expect((await named())?.note).toBeUndefined();
  });

  it('readKept counts the conversations and the bytes of an owner, and of nobody else', async () => {
    const owner = { siteId: 'kept', ownerId: 'ann' };
    expect(await store().readKept(owner)).toEqual({ conversations: 0, bytes: 0 });
    for (let times = 0; times < 2; times += 1) {
      const question = sampleQuestion('ü'.repeat(1_000));
      await accepted(store(), { owner, question, answer: { ...sampleAnswer(), parentId: question.id } });
    }
    await accepted(store());
    const { conversations, bytes } = await store().readKept(owner);
    expect([conversations, bytes > 4_000, bytes < 6_000]).toEqual([2, true, true]);
    await store().eraseOwner(owner);
    expect(await store().readKept(owner)).toEqual({ conversations: 0, bytes: 0 });
  });
}
