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

const requests = ({ gateway }: OpenChat) => gateway.commands.filter(({ type }) => type === 'request-person');

test('a request for a person ends the answer, and every tab sees that the conversation waits', async () => {
  const open = openChat();
  await open.chat.sendMessage('May I talk to a person?');
  await (await open.chat.desk()).requestPerson();
  await settle();
  const { owner, messages } = open.chat.snapshot.conversation;
  expect(owner).toMatchObject({ kind: 'queue', isAway: true });
  expect(messages.at(-1)?.run?.reason).toBe('aborted');
  expect(open.received('owner-change')).toEqual([{ owner }]);
});

test('without a connection the request waits, and is repeated with the same id until it is answered', async () => {
  const open = openChat();
  await open.chat.sendMessage('Hello');
  open.gateway.isUp = false;
  const asked = (await open.chat.desk()).requestPerson();
  await settle();
  open.gateway.connection.end({ code: 1006, reason: '' });
  open.gateway.isUp = true;
  await open.environment.clock.advance(60_000);
  await asked;
  expect(open.gateway.onlyLog.events.filter(({ type }) => type === 'owner-changed')).toHaveLength(1);
  expect(new Set(requests(open).map(({ id }) => id)).size).toBe(1);
});

test('a request waits for a first message that is on its way, and there is none without', async () => {
  const open = openChat();
  const desk = await open.chat.desk();
  await expect(desk.requestPerson()).rejects.toMatchObject({ code: 'not-found' });
  const sent = open.chat.sendMessage('Hello');
  const asked = desk.requestPerson();
  expect(requests(open)).toEqual([]);
  await sent;
  await settle();
  await asked;
  expect(requests(open)).toHaveLength(1);
});

test('an address is sent with consent only, and the conversation says that there is one', async () => {
  const open = openChat();
  await open.chat.sendMessage('Hello');
  const desk = await open.chat.desk();
  await desk.requestPerson();
  const address = { name: ' ', email: ' vi@example.com ', hasConsented: false };
  await expect(desk.leaveAddress(address)).rejects.toMatchObject({ code: 'bad-frame' });
  await desk.leaveAddress({ ...address, hasConsented: true });
  const command = open.gateway.commands.at(-1);
  expect(command).toMatchObject({ type: 'leave-address', email: 'vi@example.com', consent: true });
  expect(command).not.toHaveProperty('name');
  expect(open.chat.snapshot.conversation.owner?.hasAddress).toBe(true);
});

test('what a stored conversation begins with is no event', async () => {
  const before = await takenOver();
  const after = openChat({ gateway: before.gateway, environment: before.environment });
  await settle();
  expect(after.chat.snapshot.conversation.owner).toEqual(ADA);
  expect(after.received('owner-change')).toEqual([]);
});

test('the snapshot says what the gateway can do', async () => {
  const { chat, gateway } = openChat();
  expect(chat.snapshot.capabilities).toBeUndefined();
  await chat.sendMessage('Hello');
  expect(chat.snapshot.capabilities).toEqual(gateway.capabilities);
});
