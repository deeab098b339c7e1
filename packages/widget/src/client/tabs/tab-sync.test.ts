/** State that tabs share besides their connection: draft, panel, started conversations, logins and logouts. */
import { expect, test } from 'vitest';
import { FakeBrowser, type FakeTab } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab, type OpenTab } from '../testing/open-tab.ts';
import { identityKeyOf } from '../identity/identity-key.ts';

async function twoTabs() {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const [first, second] = [openTab(browser, gateway), openTab(browser, gateway)];
  const drafts: string[] = [];
  second.chat.on('draft', ({ text }) => drafts.push(text));
  await settle();
  return { browser, gateway, first, second, drafts };
}

test('a draft appears in the other tab as it is typed, and is stored only once the visitor has acted', async () => {
  const { browser, first, second, drafts } = await twoTabs();
  first.chat.draft = 'Hel';
  first.chat.draft = 'Hello';
  await settle();
  expect(drafts).toEqual(['Hel', 'Hello']);
  expect(second.chat.draft).toBe('Hello');
  expect(browser.storage.items.size).toBe(0);
  await first.chat.sendMessage('Good day.');
  expect(browser.storage.getItem('rivulet:demo:draft')).toBe('Hello');
});

test('a draft is not overwritten while it is typed; after a pause the last writer wins', async () => {
  const { browser, first, second } = await twoTabs();
  second.chat.draft = 'mine';
  await browser.clock.advance(1000);
  first.chat.draft = 'theirs';
  await settle();
  expect(second.chat.draft).toBe('mine');
  await browser.clock.advance(2000);
  first.chat.draft = 'later';
  await settle();
  expect(second.chat.draft).toBe('later');
});

test('open state and unread count are shared, reported once, and known to a tab that opens later', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  const reported: unknown[] = [];
  second.chat.on('shared', ({ shared }) => reported.push(shared));
  first.chat.share({ isOpen: true });
  first.chat.share({ unread: 2 });
  first.chat.share({ unread: 2 });
  await settle();
  expect(reported).toEqual([{ isOpen: true }, { isOpen: true, unread: 2 }]);
  const third = openTab(browser, gateway);
  await settle();
  expect(third.chat.shared).toEqual({ isOpen: true, unread: 2 });
});

test('shared state survives the last tab once the visitor has acted', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  await first.chat.sendMessage('Hello');
  first.chat.share({ isOpen: true });
  first.tab.kill();
  second.tab.kill();
  expect(openTab(browser, gateway).chat.shared).toEqual({ isOpen: true });
});

test('a conversation that is started in one tab is shown in a tab that is still empty', async () => {
  const { gateway, first, second } = await twoTabs();
  await first.chat.sendMessage('Hello');
  gateway.onlyLog.write('Good day.');
  await settle();
  expect(second.texts()).toEqual(['Hello', 'Good day.']);
  await second.chat.sendMessage('And you?');
  await settle();
  expect(first.texts()).toEqual(['Hello', 'Good day.', 'And you?', '']);
  expect([gateway.logs.size, gateway.connections.length]).toEqual([1, 1]);
});

test.each(Array.from({ length: 40 }, (_, ticks) => ticks))(
  'a tab that opens while a conversation is started elsewhere shows it, and can send in it (after %i microtasks)',
  async (ticks) => {
    const { browser, gateway, first } = await twoTabs();
    const sending = first.chat.sendMessage('Hello');
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    const late = openTab(browser, gateway);
    await sending;
    await settle();
    await late.chat.sendMessage('And?');
    await settle();
    expect(late.texts()).toEqual(['Hello', '', 'And?', '']);
  },
);

test('a conversation that is started between the hello and the welcome of another tab is followed there', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  browser.storage.setItem('rivulet:demo:token', 'minted');
  const withoutLocks = (tab: FakeTab) => (tab.locks = undefined);
  const [first, late] = [openTab(browser, gateway, withoutLocks), openTab(browser, gateway, withoutLocks)];
  late.tab.freeze();
  await first.chat.sendMessage('Hello');
  late.tab.thaw();
  await settle();
  expect(late.texts()).toEqual(['Hello', '']);
});

test('logout in one tab forgets the visitor in all of them', async () => {
  const { browser, first, second, drafts } = await twoTabs();
  await first.chat.sendMessage('Hello');
  first.chat.draft = 'And';
  await settle();
  await first.chat.logout();
  await settle();
  expect(second.chat.snapshot).toMatchObject({ status: 'idle', conversation: { messages: [] } });
  expect([first.chat.draft, second.chat.draft, drafts.at(-1)]).toEqual(['', '', '']);
  expect(browser.storage.items.size).toBe(0);
  expect(browser.openConnections).toBe(0);
});

/** The pages of both tabs pass this function to `identify`; it fails until the user has logged in. */
async function loggedOut(tabs: OpenTab[]) {
  const site = { token: '' };
  const fetchToken = () => site.token || Promise.reject(new Error('logged out'));
  for (const { chat } of tabs) await chat.identify(fetchToken).catch(() => undefined);
  return { site, fetchToken };
}

test('identify in one tab makes the other ask its page, on one connection, and no token is stored', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  const { site, fetchToken } = await loggedOut([first, second]);
  site.token = 'user-token';
  await first.chat.identify(fetchToken);
  await browser.clock.advance(6000);
  expect(second.chat.snapshot.status).toBe('online');
  expect(second.chat.access.token).toBe('user-token');
  expect(browser.openConnections).toBe(1);
  expect(gateway.ofType('hello').at(-1)?.token).toBe('user-token');
  expect([...browser.storage.items.values()].join()).not.toContain('user-token');
});

test('identify keeps the conversation of all tabs whose pages identify the user, in the middle of an answer', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  const { site, fetchToken } = await loggedOut([first, second]);
  await first.chat.sendMessage('Hello');
  gateway.onlyLog.write('Good ');
  await settle();
  site.token = 'user-token';
  await second.chat.identify(fetchToken);
  await browser.clock.advance(6000);
  gateway.onlyLog.write('day.');
  await settle();
  expect([first.texts(), second.texts()]).toEqual(Array(2).fill(['Hello', 'Good day.']));
  expect(browser.openConnections).toBe(1);
  expect(gateway.ofType('hello').filter(({ previousToken }) => previousToken === 'minted')).toHaveLength(1);
  expect(browser.storage.getItem('rivulet:demo:token')).toBeNull();
});

test('a tab whose page has passed no function stays as it was until its page calls identify', async () => {
  const { browser, first, second } = await twoTabs();
  await first.chat.identify('user-token');
  await browser.clock.advance(2000);
  expect([second.chat.snapshot.status, second.chat.access.token]).toEqual(['online', 'minted']);
  expect(browser.openConnections).toBe(2);
  await second.chat.identify('user-token');
  await browser.clock.advance(2000);
  expect(second.chat.snapshot.status).toBe('online');
  expect(browser.openConnections).toBe(1);
});

test('a tab that stays anonymous after a merge shows an empty conversation, and what it sends survives a reload', async () => {
  const { browser, gateway, first, second } = await twoTabs();
  await first.chat.sendMessage('Hello');
  await first.chat.identify('user-token');
  gateway.cut(); // the gateway closes the sessions of a merged visitor
  await browser.clock.advance(5000);
  expect([first.texts(), second.texts()]).toEqual([['Hello', ''], []]);
  await second.chat.sendMessage('As a visitor');
  second.tab.kill();
  const later = openTab(browser, gateway);
  await settle();
  expect(later.texts()).toEqual(['As a visitor', '']);
});

test('a tab with another anonymous visitor merges that visitor on a connection of its own', async () => {
  const { browser, gateway, first } = await twoTabs();
  await first.chat.identify('user-token');
  await browser.clock.advance(2000);
  browser.storage.setItem('rivulet:demo:token', 'another visitor');
  const late = openTab(browser, gateway);
  await late.chat.sendMessage('Hello');
  await late.chat.identify('user-token');
  await browser.clock.advance(2000);
  gateway.onlyLog.write('Good day.');
  await settle();
  expect(late.texts()).toEqual(['Hello', 'Good day.']);
  expect(gateway.onlyLog.owner).toBe('user-token');
});

const tokenOf = (claims: object) => `h.${btoa(JSON.stringify(claims))}.s`;

test.each([
  ['made at another time', tokenOf({ sub: 'ann', iat: 2, exp: 9 }), true],
  ['of another user', tokenOf({ sub: 'bob', iat: 1, exp: 5 }), false],
  ['with another role', tokenOf({ sub: 'ann', role: 'x', iat: 1, exp: 5 }), false],
  ['that is no JWT', 'opaque', false],
])('a token %s identifies the same user: %s', (_what, token, isSame) => {
  expect(identityKeyOf(token) === identityKeyOf(tokenOf({ sub: 'ann', iat: 1, exp: 5 }))).toBe(isSame);
});
