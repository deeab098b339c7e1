/** Messages that wait until no answer is being written: none is lost, none is doubled, all tabs see them (invariant 7). */
import { textOf } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import type { Chat } from '../chat.ts';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { FakeEnvironment, FakeStorage, settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openChat } from '../testing/open-chat.ts';
import { openTab } from '../testing/open-tab.ts';

/** Rejects when the message is withdrawn or the chat is closed. */
const queue = (chat: Chat, ...texts: string[]) => {
  for (const text of texts) chat.sendMessage(text, { when: 'queued' }).catch(() => undefined);
};
const queued = (chat: Chat) => chat.snapshot.queued.map(({ parts }) => textOf({ parts: [...parts] }));
const sent = (gateway: FakeGateway) =>
  [...gateway.logs.values()].flatMap(({ state }) =>
    state.messages.filter(({ role }) => role === 'user').map(textOf),
  );

/** A chat whose answer to `Hello` is being written. */
async function answering(environment = new FakeEnvironment()) {
  const open = openChat({ environment });
  await settle();
  await open.chat.sendMessage('Hello');
  await settle();
  return open;
}

test('a queued message waits for the end of the answer, and the next one for the end of its own', async () => {
  const { chat, gateway } = await answering();
  queue(chat, 'one', 'two');
  await settle();
  expect([sent(gateway), queued(chat), chat.snapshot.pending]).toEqual([['Hello'], ['one', 'two'], []]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect([sent(gateway), queued(chat)]).toEqual([['Hello', 'one'], ['two']]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect([sent(gateway), queued(chat)]).toEqual([['Hello', 'one', 'two'], []]);
});

test('without an answer a queued message is sent at once', async () => {
  const { chat, gateway } = openChat();
  await settle();
  await chat.sendMessage('Hello', { when: 'queued' });
  expect(sent(gateway)).toEqual(['Hello']);
});

test('stopping the answer sends the next queued message, and takes none back', async () => {
  const { chat, gateway } = await answering();
  queue(chat, 'one', 'two');
  await chat.stop();
  await settle();
  expect([sent(gateway), queued(chat)]).toEqual([['Hello', 'one'], ['two']]);
});

test('a withdrawn message is never sent; one that is sent cannot be withdrawn any more', async () => {
  const { chat, gateway } = await answering();
  queue(chat, 'one', 'two');
  const [one, two] = chat.snapshot.queued;
  expect(one && chat.withdraw(one.messageId)).toEqual([{ type: 'text', text: 'one' }]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect(two && chat.withdraw(two.messageId)).toBeUndefined();
  expect(sent(gateway)).toEqual(['Hello', 'two']);
});

test('a reload while the answer is being written keeps the queue, and sends it once after the end', async () => {
  const storage = new FakeStorage();
  const first = await answering(new FakeEnvironment(storage));
  queue(first.chat, 'one');
  first.gateway.cut();
  first.chat.close();
  const { chat, gateway } = openChat({ gateway: first.gateway, environment: new FakeEnvironment(storage) });
  await settle();
  expect([queued(chat), sent(gateway)]).toEqual([['one'], ['Hello']]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect([queued(chat), sent(gateway)]).toEqual([[], ['Hello', 'one']]);
});

test('an answer that ends while the connection is lost sends the queue after the reconnect', async () => {
  const { chat, gateway, environment } = await answering();
  queue(chat, 'one');
  gateway.cut();
  gateway.onlyLog.finish('stop');
  await settle();
  expect(sent(gateway)).toEqual(['Hello']);
  await environment.clock.advance(3000);
  expect([sent(gateway), queued(chat)]).toEqual([['Hello', 'one'], []]);
});

test('a queued message of a conversation that is left is sent in that conversation', async () => {
  const { chat, gateway } = await answering();
  queue(chat, 'one');
  chat.newConversation();
  await settle();
  expect([queued(chat), sent(gateway)]).toEqual([[], ['Hello', 'one']]);
});

async function twoTabs() {
  const [browser, gateway] = [new FakeBrowser(), new FakeGateway()];
  const [first, second] = [openTab(browser, gateway), openTab(browser, gateway)];
  await settle();
  await first.chat.sendMessage('Hello');
  await settle();
  queue(first.chat, 'one', 'two');
  await settle();
  return { browser, gateway, first, second };
}

test('all tabs see the queue, and each message exists once when both send it', async () => {
  const { gateway, first, second } = await twoTabs();
  expect([queued(first.chat), queued(second.chat)]).toEqual([
    ['one', 'two'],
    ['one', 'two'],
  ]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect([sent(gateway), queued(first.chat), queued(second.chat)]).toEqual([
    ['Hello', 'one'],
    ['two'],
    ['two'],
  ]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect([sent(gateway), queued(first.chat), queued(second.chat)]).toEqual([['Hello', 'one', 'two'], [], []]);
  expect(second.chat.snapshot).toMatchObject({ isAnswering: true, pending: [] });
});

test('a tab sees a message that another one has queued before the browser shows it what that one has stored', async () => {
  const { browser, first, second } = await twoTabs();
  const shown = browser.storage.getItem.bind(browser.storage);
  const outdated = new Map(browser.storage.items);
  browser.storage.getItem = (key) => (key.endsWith(':outbox') ? (outdated.get(key) ?? null) : shown(key));
  queue(first.chat, 'three');
  await settle();
  expect(queued(second.chat)).toEqual(['one', 'two', 'three']);
});

test('a message that one tab withdraws is withdrawn in all', async () => {
  const { gateway, first, second } = await twoTabs();
  const [one] = second.chat.snapshot.queued;
  if (one !== undefined) second.chat.withdraw(one.messageId);
  await settle();
  expect([queued(first.chat), queued(second.chat)]).toEqual([['two'], ['two']]);
  gateway.onlyLog.finish('stop');
  await settle();
  expect(sent(gateway)).toEqual(['Hello', 'two']);
});

test('a tab that dies leaves its queue to the others', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  first.tab.kill();
  await browser.clock.advance(60_000);
  gateway.onlyLog.finish('stop');
  await settle();
  expect([sent(gateway), queued(second.chat)]).toEqual([['Hello', 'one'], ['two']]);
});
