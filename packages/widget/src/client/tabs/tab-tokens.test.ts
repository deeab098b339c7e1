/** Tokens stay out of the channel between tabs; tabs share the anonymous visitor through the storage, and a user through the site. */
import { expect, test, vi } from 'vitest';
import { FakeBrowser, type FakeTab } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab } from '../testing/open-tab.ts';

const tokenOf = (sub: string, exp: number) => `h.${btoa(JSON.stringify({ sub, exp }))}.s`;
/** Expires long after the renewals of a test. */
const ANN = tokenOf('ann', 9_000_000);

/** Two tabs on one connection; the visitor has not acted yet. */
async function twoTabs() {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  gateway.capabilities.push('refresh-auth');
  const [first, second] = [openTab(browser, gateway), openTab(browser, gateway)];
  await settle();
  const tokens = () => gateway.ofType('hello').map(({ token }) => token);
  return { browser, gateway, first, second, tokens };
}

/** Every message of an anonymous visitor and a user in three tabs. @returns what was posted, and the tokens that were used */
async function fullScenario() {
  const { browser, gateway, first, second } = await twoTabs();
  await second.chat.sendMessage('Hello');
  first.tab.kill();
  const third = openTab(browser, gateway);
  await settle();
  let expiresAtS = 9_000_000;
  const tokens = ['minted', ANN];
  const fetchToken = () => tokens[tokens.push(tokenOf('ann', (expiresAtS += 1))) - 1]!;
  for (const { chat } of [second, third]) await chat.identify(fetchToken);
  await browser.clock.advance(10_000);
  for (const { chat } of [second, third]) await chat.identify(fetchToken);
  second.tab.kill();
  await settle();
  await third.chat.logout();
  return { browser, gateway, tokens };
}

test('no message on a channel, and no name of a channel or lock, contains a token', async () => {
  const { browser, gateway, tokens } = await fullScenario();
  const kinds = new Set(browser.posted.map((message) => (message as { kind: string }).kind));
  for (const kind of ['join', 'welcome', 'commands', 'event', 'acted', 'begun', 'identify', 'logout'])
    expect(kinds).toContain(kind);
  const sent = gateway.commands.flatMap((command) => ('token' in command ? [command.token] : []));
  expect(tokens).toEqual(expect.arrayContaining(sent.filter((token) => token !== undefined)));
  const seen = JSON.stringify([browser.posted, ...browser.listeners.keys(), ...browser.locks.keys()]);
  for (const token of tokens) expect(seen).not.toContain(token);
});

test('a message that is sent in a follower is stored with the leader’s token before it is sent', async () => {
  const { browser, gateway, first, second, tokens } = await twoTabs();
  const sending = second.chat.sendMessage('Hello');
  while (gateway.ofType('send-message').length === 0) await Promise.resolve();
  expect(browser.storage.getItem('rivulet:demo:token')).toBe('minted');
  first.tab.kill();
  await sending;
  await settle();
  expect(tokens()).toEqual([undefined, 'minted']);
  expect([second.texts(), gateway.logs.size]).toEqual([['Hello', ''], 1]);
});

test('a follower that heard nothing of the visitor’s first message takes over as the same visitor', async () => {
  const { gateway, first, second, tokens } = await twoTabs();
  second.tab.losesMessages = true;
  await first.chat.sendMessage('Hello');
  second.tab.losesMessages = false;
  first.tab.kill();
  await settle();
  expect(tokens()).toEqual([undefined, 'minted']);
  expect([second.chat.access.token, gateway.connections.length]).toEqual(['minted', 2]);
});

test('when the visitor acts without a message, a follower gets the leader’s token from the storage', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  expect([second.chat.access.token, browser.storage.items.size]).toEqual([undefined, 0]);
  second.chat.allowStorage();
  await settle();
  expect([first, second].map(({ chat }) => chat.access.token)).toEqual(['minted', 'minted']);
  expect(gateway.connections).toHaveLength(1);
});

test('a leader that was replaced while frozen does not store its own visitor over the one who acted', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  first.tab.freeze();
  const sending = second.chat.sendMessage('Hello');
  await browser.clock.advance(5000);
  await sending;
  first.tab.thaw();
  await browser.clock.advance(5000);
  expect(browser.storage.getItem('rivulet:demo:token')).toBe('minted+');
  expect([first, second].map(({ texts }) => texts())).toEqual(Array(2).fill(['Hello', '']));
  expect([gateway.logs.size, browser.openConnections]).toEqual([1, 1]);
});

test('a new visitor is given up when another tab stored one between the hello and its welcome', async () => {
  const [browser, gateway] = [new FakeBrowser(), new FakeGateway()];
  const withoutLocks = (tab: FakeTab) => (tab.locks = undefined);
  openTab(browser, gateway, withoutLocks);
  await settle();
  const late = openTab(browser, gateway, withoutLocks);
  gateway.refuse = ({ type }) => {
    if (type === 'hello') late.chat.allowStorage(); // the other tab stores its token and tells this one before the welcome arrives
    return undefined;
  };
  await settle();
  expect(gateway.ofType('hello').map(({ token }) => token)).toEqual([undefined, undefined, 'minted']);
  expect(browser.storage.getItem('rivulet:demo:token')).toBe('minted');
});

test('a tab with a connection of its own continues as the visitor who acted in another tab', async () => {
  const [browser, gateway] = [new FakeBrowser(), new FakeGateway()];
  const withoutLocks = (tab: FakeTab) => (tab.locks = undefined);
  const [first, late] = [openTab(browser, gateway, withoutLocks), openTab(browser, gateway, withoutLocks)];
  await settle();
  await first.chat.sendMessage('Hello');
  await settle();
  expect(gateway.ofType('hello').map(({ token }) => token)).toEqual([undefined, undefined, 'minted']);
  expect([late.texts(), browser.storage.getItem('rivulet:demo:token')]).toEqual([['Hello', ''], 'minted']);
});

test('tabs that cannot share a storage do not share a connection', async () => {
  const [browser, gateway] = [new FakeBrowser(), new FakeGateway()];
  const withoutStorage = (tab: FakeTab) => Object.assign(tab, { storage: null });
  openTab(browser, gateway, withoutStorage);
  openTab(browser, gateway, withoutStorage);
  await browser.clock.advance(2000);
  expect(browser.openConnections).toBe(2);
});

test('identify calls the functions of the other tabs once, also when they return another user', async () => {
  const { browser, first, second } = await twoTabs();
  const fetchAnn = vi.fn(() => ANN);
  const fetchBob = vi.fn(() => tokenOf('bob', 9_000_000));
  await first.chat.identify(fetchAnn);
  await browser.clock.advance(10_000);
  await second.chat.identify(fetchBob);
  await browser.clock.advance(60_000);
  expect([fetchAnn, fetchBob].map(({ mock }) => mock.calls.length)).toEqual([2, 1]);
});

test('a fresh token of a follower is kept for its own hello, and resolves', async () => {
  const { browser, gateway, first, second, tokens } = await twoTabs();
  for (const { chat } of [first, second]) await chat.identify(ANN);
  const fresh = tokenOf('ann', 9_000_001);
  await second.chat.identify(fresh);
  expect([gateway.ofType('refresh-auth'), tokens().at(-1)]).toEqual([[], ANN]);
  first.tab.kill();
  await browser.clock.advance(2000);
  expect([tokens().at(-1), second.chat.snapshot.status]).toEqual([fresh, 'online']);
});
