/** The only tab of a browser, and the handover to a group when a second tab opens. */
import { expect, test, vi } from 'vitest';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab, type OpenTab } from '../testing/open-tab.ts';

test('two tabs that open at the same moment share one connection', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const [first, second] = [openTab(browser, gateway), openTab(browser, gateway)];
  await settle();
  await second.chat.sendMessage('Hello');
  await settle();
  expect(gateway.connections).toHaveLength(1);
  expect(first.texts()).toEqual(['Hello', '']);
});

test('a conversation that the first tab started after its hello is still followed when the second tab leaves it', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const first = openTab(browser, gateway);
  await first.chat.sendMessage('Hello');
  const second = openTab(browser, gateway);
  await settle();
  second.chat.newConversation();
  await second.chat.sendMessage('Something else');
  second.chat.close();
  [...gateway.logs.values()][0]?.write('Good day.');
  await settle();
  expect(first.texts()).toEqual(['Hello', 'Good day.']);
  expect(gateway.connections).toHaveLength(1);
});

test.each([
  ['locks', (tab: OpenTab['tab']) => (tab.locks = undefined)],
  ['channels', (tab: OpenTab['tab']) => (tab.channel = () => undefined as never)],
])('without %s every tab has a socket of its own', async (_what, prepare) => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const first = openTab(browser, gateway, prepare);
  await first.chat.sendMessage('Hello');
  const second = openTab(browser, gateway, prepare);
  await browser.clock.advance(3000);
  gateway.onlyLog.write('Good day.');
  await settle();
  expect(second.texts()).toEqual(['Hello', 'Good day.']);
  expect(browser.openConnections).toBe(2);
});

test('a new tab connects after one second when its lock request is never answered', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const { chat } = openTab(browser, gateway, (tab) => (tab.locks = { hold: () => () => undefined }));
  await browser.clock.advance(1000);
  expect(chat.snapshot.status).toBe('online');
});

test('while the code of the group cannot be loaded each tab has its own connection; afterwards they share one', async () => {
  vi.doMock('./tab-group.ts', () => {
    throw new TypeError('Failed to fetch dynamically imported module');
  });
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const first = openTab(browser, gateway);
  await first.chat.sendMessage('Hello');
  const second = openTab(browser, gateway);
  await expect.poll(() => second.chat.snapshot.status).toBe('online');
  gateway.onlyLog.write('Good day.');
  await settle();
  expect([first.texts(), second.texts()]).toEqual(Array(2).fill(['Hello', 'Good day.']));
  expect(browser.openConnections).toBe(2);
  vi.doUnmock('./tab-group.ts');
  openTab(browser, gateway);
  await expect.poll(() => browser.openConnections).toBe(1);
});
