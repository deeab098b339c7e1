import { ChatError, CLOSE_CODES } from '@rivulet/protocol';
import { expect, test, vi } from 'vitest';
import { createChatClient } from '../chat-client.ts';
import { FakeEnvironment, FakeStorage, settle } from '../testing/fake-environment.ts';
import type { KeyValueStorage } from '../environment/environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openChat } from '../testing/open-chat.ts';

const PLACE = { gateway: 'https://chat.test', site: 'demo' };

test('nothing is stored before the visitor acts; then token, conversation and draft are', async () => {
  const storage = new FakeStorage();
  const { chat } = openChat({ environment: new FakeEnvironment(storage) });
  await settle();
  chat.draft = 'Hel';
  expect([...storage.items.keys()]).toEqual([]);
  await chat.sendMessage('Hello');
  expect([...storage.items.keys()].sort()).toEqual([
    'rivulet:demo:conversation',
    'rivulet:demo:draft',
    'rivulet:demo:token',
  ]);
});

test('a reload restores the conversation, its token and the draft', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('Hello');
  first.chat.draft = 'And';
  first.gateway.onlyLog.write('Good day.');
  first.chat.close();
  const second = openChat({ gateway: first.gateway, environment: new FakeEnvironment(storage, 2) });
  expect(second.chat.snapshot.isLoading).toBe(true);
  await settle();
  expect(second.texts()).toEqual(['Hello', 'Good day.']);
  expect(second.chat.snapshot).toMatchObject({ isLoading: false, isAnswering: true });
  expect(second.chat.draft).toBe('And');
  expect(second.gateway.ofType('hello')[1]?.token).toBe('minted');
});

test('a reload reports no events of finished runs, and those of a run that is still going', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('one');
  first.gateway.onlyLog.finish('stop');
  await first.chat.sendMessage('two');
  first.chat.close();
  const second = openChat({ gateway: first.gateway, environment: new FakeEnvironment(storage, 2) });
  await settle();
  second.gateway.onlyLog.finish('stop');
  await settle();
  expect(second.received('run-start')).toHaveLength(1);
  expect(second.received('run-end')).toHaveLength(1);
  expect(second.received('message')).toHaveLength(1);
});

const throwing: KeyValueStorage = {
  getItem: () => {
    throw new Error('blocked');
  },
  setItem: () => {
    throw new Error('full');
  },
  removeItem: () => {
    throw new Error('blocked');
  },
};

test.each([['that throws', throwing] as const, ['that is missing', null] as const])(
  'with a storage %s the client keeps its values in memory',
  async (_name, storage) => {
    const { chat, gateway, environment, texts } = openChat({ environment: new FakeEnvironment(storage) });
    await chat.sendMessage('Hello');
    gateway.cut();
    await environment.clock.advance(1000);
    await settle();
    expect(texts()).toEqual(['Hello', '']);
    expect(gateway.ofType('hello')[1]?.token).toBe('minted');
  },
);

test('a stored conversation that no longer exists is replaced by an empty one, without an error', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('Hello');
  first.chat.close();
  const second = openChat({ environment: new FakeEnvironment(storage, 2) });
  await settle();
  expect(second.chat.snapshot).toMatchObject({ isLoading: false, status: 'online' });
  expect(second.received('error')).toEqual([]);
  await second.chat.sendMessage('Again');
  await settle();
  expect(second.texts()).toEqual(['Again', '']);
});

test('when the conversation no longer exists, unsent messages go to the new one and a sent one fails', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('Hello');
  await settle();
  first.gateway.refuse = () => new ChatError('rate-limited', { retryAfterMs: 60_000 }).toBody();
  void first.chat.sendMessage('was sent');
  void first.chat.sendMessage('was not');
  await settle();
  first.chat.close();
  const second = openChat({ environment: new FakeEnvironment(storage, 2) });
  await settle();
  expect(second.texts()).toEqual(['was not', '']);
  expect(second.chat.snapshot.pending).toEqual([
    expect.objectContaining({
      state: 'failed',
      error: expect.objectContaining({ code: 'interrupted' }) as unknown,
    }),
  ]);
  expect(second.gateway.ofType('send-message')).toHaveLength(1);
});

test('an anonymous token that the gateway rejects is dropped once, with its conversation', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('Hello');
  first.chat.close();
  const second = openChat({ environment: new FakeEnvironment(storage, 2) });
  second.gateway.refuse = (command) =>
    command.type === 'hello' && command.token !== undefined
      ? new ChatError('unauthenticated').toBody()
      : undefined;
  await settle();
  second.gateway.connection.end({ code: CLOSE_CODES.unauthenticated, reason: '' });
  await settle();
  expect(second.chat.snapshot).toMatchObject({ status: 'online', closedBecause: null });
  expect(second.chat.snapshot.conversation.messages).toEqual([]);
  expect(second.received('error')).toEqual([]);
});

test('identify opens a new connection with the token of the site, and never stores it', async () => {
  const storage = new FakeStorage();
  const { chat, gateway } = openChat({ environment: new FakeEnvironment(storage) });
  await settle();
  await chat.identify('site-token');
  await chat.sendMessage('Hello');
  expect(gateway.ofType('hello').map(({ token }) => token)).toEqual([undefined, 'site-token']);
  expect([...storage.items.values()].join()).not.toContain('site-token');
  expect(storage.items.has('rivulet:demo:user-conversation')).toBe(true);
});

test('identify before connect puts the token into the first hello', async () => {
  const environment = new FakeEnvironment();
  const gateway = new FakeGateway();
  const chat = createChatClient({ ...PLACE, environment, transport: gateway });
  void chat.identify('site-token');
  chat.connect();
  await vi.waitFor(() => {
    expect(gateway.ofType('hello').map(({ token }) => token)).toEqual(['site-token']);
  });
});

test('a logout is not undone by an identify that was still pending', async () => {
  const { chat, gateway } = openChat();
  await settle();
  const identifying = chat.identify('site-token');
  await chat.logout();
  await identifying;
  chat.connect();
  await settle();
  expect(gateway.ofType('hello').map(({ token }) => token)).toEqual([undefined, undefined]);
});

test('a conversation that is erased while it is on screen is replaced by an empty one', async () => {
  const { chat, gateway, texts, received } = openChat();
  await chat.sendMessage('Hello');
  await settle();
  const conversationId = gateway.onlyLog.id;
  gateway.erase(conversationId);
  gateway.connection.send({ type: 'conversation-removed', conversationId });
  await settle();
  expect([texts(), received('error')]).toEqual([[], []]);
  await chat.sendMessage('Again');
  expect(gateway.onlyLog.id).not.toBe(conversationId);
});

test('a rejected identity token rejects identify and emits an error event', async () => {
  const { chat, gateway, received } = openChat();
  await settle();
  gateway.refuse = (command, connection) => {
    if (command.type !== 'hello' || command.token !== 'expired') return undefined;
    queueMicrotask(() => {
      connection.end({ code: CLOSE_CODES.unauthenticated, reason: '' });
    });
    return new ChatError('unauthenticated', { message: 'It has expired.', ref: 'k3v9' }).toBody();
  };
  const refusal = { code: 'unauthenticated', message: 'It has expired.', ref: 'k3v9' };
  await expect(chat.identify('expired')).rejects.toMatchObject(refusal);
  expect(received('error')).toHaveLength(1);
  await chat.identify('fresh');
  expect(chat.snapshot).toMatchObject({ status: 'online', closedBecause: null });
});

test('logout removes everything stored, the conversation and the outbox, and goes idle', async () => {
  const storage = new FakeStorage();
  const { chat, gateway, environment } = openChat({ environment: new FakeEnvironment(storage) });
  await chat.sendMessage('Hello');
  gateway.cut();
  await settle();
  const waiting = expect(chat.sendMessage('Again')).rejects.toMatchObject({ code: 'interrupted' });
  await chat.logout();
  await waiting;
  expect([...storage.items.keys()]).toEqual([]);
  expect(chat.snapshot).toMatchObject({ status: 'idle', pending: [], conversation: { messages: [] } });
  expect(environment.clock.pendingTimers).toBe(0);
});

test('after newConversation a reload opens the new one, and the former one is unsubscribed', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('old');
  first.chat.newConversation();
  expect(first.chat.snapshot.conversation.messages).toEqual([]);
  await first.chat.sendMessage('new');
  expect(first.gateway.ofType('unsubscribe')).toHaveLength(1);
  const second = openChat({ gateway: first.gateway, environment: new FakeEnvironment(storage, 2) });
  await settle();
  expect(second.texts()).toEqual(['new', '']);
});
