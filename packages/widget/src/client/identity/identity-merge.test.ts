import { textOf } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { FakeEnvironment, FakeStorage, settle } from '../testing/fake-environment.ts';
import type { FakeGateway } from '../testing/fake-gateway.ts';
import { openChat } from '../testing/open-chat.ts';

/** An anonymous visitor has sent a message and is half answered; then the site identifies them. */
async function merged(prepare: (gateway: FakeGateway) => void = () => undefined) {
  const storage = new FakeStorage();
  const opened = openChat({ environment: new FakeEnvironment(storage) });
  prepare(opened.gateway);
  await opened.chat.sendMessage('Hello');
  opened.gateway.onlyLog.write('Good ');
  await settle();
  const seen: string[][] = [];
  opened.chat.subscribe(({ conversation }) => seen.push(conversation.messages.map(textOf)));
  await opened.chat.identify('site-token');
  return { ...opened, storage, seen };
}

test('identify merges the anonymous visitor’s conversation, which stays on screen', async () => {
  const { chat, gateway, seen, texts } = await merged();
  gateway.onlyLog.write('day.');
  await settle();
  expect(texts()).toEqual(['Hello', 'Good day.']);
  expect(seen.every(([first]) => first === 'Hello')).toBe(true);
  const [, hello] = gateway.ofType('hello');
  expect(hello).toMatchObject({ token: 'site-token', previousToken: 'minted' });
  expect(hello?.subscriptions[0]?.cursor).toBeDefined();
  await chat.sendMessage('And?');
  expect(gateway.logs.size).toBe(1);
});

test('a returning user keeps the conversation on screen, or sees their stored one when the screen is empty', async () => {
  const { chat, gateway, storage, texts } = await merged();
  const first = gateway.onlyLog.id;
  await chat.logout();
  storage.setItem('rivulet:demo:user-conversation', first);
  const empty = openChat({ gateway, environment: new FakeEnvironment(storage, 2) });
  await settle();
  await empty.chat.identify('site-token');
  await settle();
  expect(empty.texts()).toEqual(['Hello', 'Good ']);
  empty.chat.close();
  const busy = openChat({ gateway, environment: new FakeEnvironment(storage, 3) });
  await busy.chat.sendMessage('As a visitor');
  await busy.chat.identify('site-token');
  await settle();
  expect(busy.texts()).toEqual(['As a visitor', '']);
  expect(texts()).toEqual([]);
});

test('after a merge, hellos name no previous token, and a reload opens the user’s conversation', async () => {
  const { chat, gateway, storage, environment } = await merged();
  gateway.cut();
  await environment.clock.advance(1000);
  expect(gateway.ofType('hello')[2]?.previousToken).toBeUndefined();
  expect([...storage.items.keys()]).toEqual(['rivulet:demo:user-conversation']);
  chat.close();
  const later = openChat({ gateway, environment: new FakeEnvironment(storage, 2) });
  await later.chat.identify('site-token');
  await settle();
  expect(later.texts()).toEqual(['Hello', 'Good ']);
});

test('with a gateway that cannot merge, the anonymous visitor’s token and conversation are kept', async () => {
  const { storage, texts } = await merged((gateway) => (gateway.capabilities = []));
  await settle();
  expect(texts()).toEqual([]);
  expect(storage.items.get('rivulet:demo:token')).toBe('minted');
  expect(storage.items.has('rivulet:demo:conversation')).toBe(true);
});

test('a conversation that could not be merged is replaced by the user’s own', async () => {
  const storage = new FakeStorage();
  const { chat, gateway, texts } = openChat({ environment: new FakeEnvironment(storage) });
  await chat.identify('site-token');
  await chat.sendMessage('as myself');
  await chat.logout();
  storage.setItem('rivulet:demo:user-conversation', gateway.onlyLog.id);
  const later = openChat({ gateway, environment: new FakeEnvironment(storage, 2) });
  later.chat.newConversation();
  storage.setItem('rivulet:demo:user-conversation', gateway.onlyLog.id);
  await later.chat.sendMessage('as nobody');
  gateway.capabilities = [];
  await later.chat.identify('site-token');
  await settle();
  expect(texts()).toEqual([]);
  expect(later.texts()).toEqual(['as myself', '']);
});
