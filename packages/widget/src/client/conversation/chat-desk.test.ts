import type { Command, CommandOf, ConversationOwner } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { settle } from '../testing/fake-environment.ts';
import { openChat, type OpenChat } from '../testing/open-chat.ts';

const ADA: ConversationOwner = {
  ...{ kind: 'person', number: 1, sinceMs: 1 },
  person: { id: 'p_ada', name: 'Ada' },
};

/** A chat whose conversation a person has. */
async function takenOver(): Promise<OpenChat> {
  const open = openChat();
  await open.chat.sendMessage('May I talk to a person?');
  open.gateway.onlyLog.finish('aborted');
  open.gateway.onlyLog.append({ type: 'owner-changed', owner: ADA });
  await settle();
  return open;
}
const isTypingCommand = (command: Command): command is CommandOf<'typing'> => command.type === 'typing';
const told = ({ gateway }: OpenChat) =>
  gateway.commands.filter(isTypingCommand).map(({ isTyping }) => isTyping);

test('who answers is part of the conversation', async () => {
  const { chat } = await takenOver();
  expect(chat.snapshot.conversation.owner).toEqual(ADA);
});

test('a message to a person is accepted without a run, and no answer is waited for meanwhile', async () => {
  const { chat, gateway, texts } = await takenOver();
  const wasAnswering: boolean[] = [];
  chat.subscribe(({ isAnswering }) => wasAnswering.push(isAnswering));
  await chat.sendMessage('Are you there?');
  await settle();
  expect(wasAnswering).not.toContain(true);
  expect(texts()).toEqual(['May I talk to a person?', '', 'Are you there?']);
  expect(gateway.onlyLog.state.messages.at(-1)?.run).toBeUndefined();
});

test('the person is told that the visitor types: at once, again after three seconds, and when five seconds brought no more', async () => {
  const open = await takenOver();
  const { clock } = open.environment;
  const desk = await open.chat.desk();
  desk.setTyping(true);
  await clock.advance(1_000);
  desk.setTyping(true);
  expect(told(open)).toEqual([true]);
  await clock.advance(2_000);
  desk.setTyping(true);
  await clock.advance(4_999);
  expect(told(open)).toEqual([true, true]);
  await clock.advance(1);
  expect(told(open)).toEqual([true, true, false]);
});

test('the end of typing is told once, also to the conversation that was left', async () => {
  const open = await takenOver();
  const desk = await open.chat.desk();
  desk.setTyping(false);
  desk.setTyping(true);
  const { id } = open.chat.snapshot.conversation;
  open.chat.newConversation();
  desk.setTyping(false);
  desk.setTyping(false);
  await settle();
  const commands = open.gateway.commands.filter(isTypingCommand);
  expect(commands.map(({ conversationId, isTyping }) => [conversationId, isTyping])).toEqual([
    [id, true],
    [id, false],
  ]);
});

test('the typing of others is an event', async () => {
  const { chat, gateway } = await takenOver();
  const seen: unknown[] = [];
  chat.on('typing', (detail) => seen.push(detail));
  const { id: conversationId } = chat.snapshot.conversation;
  const event = { type: 'typing', conversationId, participantId: 'p_ada', isTyping: true } as const;
  gateway.connections.at(-1)?.send(event);
  await settle();
  expect(seen).toEqual([event]);
});
