import { ChatError, type Message } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { settle } from './testing/fake-environment.ts';
import { openChat, type OpenChat } from './testing/open-chat.ts';

/** A chat with one question and its answer, and the question's id. */
async function answered(): Promise<OpenChat & { question: Message }> {
  const open = openChat();
  await open.chat.sendMessage('Hello');
  open.gateway.onlyLog.write('Good day.');
  open.gateway.onlyLog.finish('stop');
  await settle();
  return { ...open, question: open.chat.snapshot.conversation.messages[0]! };
}

test('an edited message stands beside the old one, with an answer of its own', async () => {
  const { chat, gateway, texts, question } = await answered();
  const { messageId } = await chat.edit(question.id, 'Hello there');
  await settle();
  gateway.onlyLog.write('And to you.');
  await settle();
  expect(texts()).toEqual(['Hello', 'Good day.', 'Hello there', 'And to you.']);
  expect(chat.snapshot.conversation.messages[2]).toMatchObject({
    id: messageId,
    parentId: question.parentId,
  });
  expect(chat.snapshot.isAnswering).toBe(true);
});

test('an answer that was over before the edit was accepted is not waited for', async () => {
  const { chat, gateway, question } = await answered();
  gateway.onlyLog.watchers.add((event) => {
    if (event.type === 'run-started') gateway.onlyLog.finish('stop', event.runId);
  });
  await chat.edit(question.id, 'Quick');
  await settle();
  expect(chat.snapshot.isAnswering).toBe(false);
});

test('from the acceptance on an answer is waited for, also before its first event', async () => {
  const { chat, gateway, question } = await answered();
  gateway.connection.losses = 2;
  await chat.edit(question.id, 'Hello there');
  expect(chat.snapshot.isAnswering).toBe(true);
});

test('an edit whose acceptance is lost is sent again with the same ids, and is there once', async () => {
  const { chat, gateway, environment, texts, question } = await answered();
  gateway.connection.send = () => undefined;
  const edited = chat.edit(question.id, 'Hello there');
  await settle();
  gateway.cut();
  await environment.clock.advance(30_000);
  const { messageId } = await edited;
  const [first, second] = gateway.ofType('edit-message');
  expect(second).toEqual(first);
  expect(second).toMatchObject({ messageId, replacesId: question.id });
  expect(texts().filter((text) => text === 'Hello there')).toHaveLength(1);
});

test('a text alone replaces the text and keeps the files', async () => {
  const { chat, gateway } = openChat();
  const file = {
    type: 'file',
    fileId: 'f1',
    name: 'plan.pdf',
    mediaType: 'application/pdf',
    sizeBytes: 9,
  } as const;
  const { messageId } = await chat.sendMessage([{ type: 'text', text: 'See' }, file]);
  gateway.onlyLog.finish('stop');
  await settle();
  await chat.edit(messageId, 'Look');
  expect(gateway.ofType('edit-message')[0]?.parts).toEqual([{ type: 'text', text: 'Look' }, file]);
});

test('what another one wrote, or nobody, cannot be edited, and an empty text cannot be saved', async () => {
  const { chat, gateway, question } = await answered();
  const [, answer] = chat.snapshot.conversation.messages;
  await expect(chat.edit(answer!.id, 'Mine')).rejects.toMatchObject({ code: 'not-found' });
  await expect(chat.edit(question.id, ' ')).rejects.toMatchObject({ code: 'bad-frame' });
  expect(gateway.ofType('edit-message')).toEqual([]);
});

test('a rejected edit says why, and nothing is waited for', async () => {
  const { chat, gateway, question } = await answered();
  gateway.refuse = ({ type }) =>
    type === 'edit-message' ? new ChatError('content-blocked').toBody() : undefined;
  await expect(chat.edit(question.id, 'Bad')).rejects.toMatchObject({ code: 'content-blocked' });
  expect(chat.snapshot.isAnswering).toBe(false);
});

test('a message may follow an older one than the newest', async () => {
  const { chat, gateway, question } = await answered();
  const { messageId } = await chat.sendMessage('Aside', { parentId: question.id });
  await settle();
  expect(gateway.onlyLog.state.messages.find(({ id }) => id === messageId)?.parentId).toBe(question.id);
});
