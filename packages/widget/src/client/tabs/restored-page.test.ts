/** Pages that the browser keeps in the back-forward cache and restores. */
import { expect, test } from 'vitest';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab, type OpenTab } from '../testing/open-tab.ts';
import { createChatClient } from '../chat-client.ts';
import './restored-page.ts'; // the client loads this chunk when a page is restored; here that takes microtasks

/** A first page that is left, and a later page of the same tab. */
async function leaveFirst(act: (first: OpenTab) => unknown = () => undefined) {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const first = openTab(browser, gateway);
  await settle();
  await act(first);
  await settle();
  first.tab.emitSign('left');
  const later = openTab(browser, gateway);
  await settle();
  const back = async () => {
    later.tab.emitSign('left');
    first.tab.emitSign('restored');
    await settle();
  };
  return { browser, gateway, first, later, back };
}

test('a page that is left holds no channel, and has one again when it is restored (W76)', async () => {
  const { browser, first, back } = await leaveFirst();
  expect(browser.openChannels(first.tab)).toBe(0);
  await back();
  expect(browser.openChannels(first.tab)).toBeGreaterThan(0);
});

test('a page on which the chat was not used opens no connection when it is restored (W76)', async () => {
  const browser = new FakeBrowser();
  const tab = browser.openTab(new FakeGateway());
  createChatClient({ gateway: 'https://chat.test', site: 'demo', environment: tab, transport: tab });
  tab.emitSign('left');
  tab.emitSign('restored');
  await settle();
  expect([browser.openChannels(tab), tab.connections.size]).toEqual([1, 0]);
});

test('a restored page goes on with the conversation, the draft and the panel of the later page (W76)', async () => {
  const { first, later, back } = await leaveFirst();
  await later.chat.sendMessage('Hello');
  later.chat.draft = 'half a question';
  later.chat.share({ isOpen: true });
  await back();
  expect(first.texts()[0]).toBe('Hello');
  expect([first.chat.draft, first.chat.shared]).toMatchObject(['half a question', { isOpen: true }]);
});

test('a restored page keeps its own conversation and connects again (W76)', async () => {
  const { first, back } = await leaveFirst(({ chat }) => chat.sendMessage('Hello'));
  await back();
  expect(first.texts()[0]).toBe('Hello');
  expect([first.chat.snapshot.status, first.tab.connections.size]).toEqual(['online', 1]);
});

test('a draft that a later page has sent is not shown again by the restored one (W76)', async () => {
  const { first, later, back } = await leaveFirst(async ({ chat }) => {
    await chat.sendMessage('Hello');
    chat.draft = 'half';
  });
  later.chat.draft = '';
  await back();
  expect(first.chat.draft).toBe('');
});

test('a restored page shows nothing of a visitor who has logged out on a later page (W76)', async () => {
  const { first, later, back } = await leaveFirst(({ chat }) => chat.sendMessage('Hello'));
  await later.chat.logout();
  await back();
  expect(first.texts()).toEqual([]);
});
