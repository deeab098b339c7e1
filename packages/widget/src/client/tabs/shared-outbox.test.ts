/** What one tab has not sent, the others do: each message once, in the order of writing, and none that was taken back (invariant 7). */
import { ChatError, textOf } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { FakeBrowser, type FakeTab } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab, type OpenTab } from '../testing/open-tab.ts';

async function twoTabs(greeting?: string, prepare: (tab: FakeTab) => void = () => undefined) {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const [first, second] = [openTab(browser, gateway, prepare), openTab(browser, gateway, prepare)];
  await settle();
  if (greeting !== undefined) await second.chat.sendMessage(greeting);
  await settle();
  return { browser, gateway, first, second };
}

/** What is sent in this state waits. */
async function cutConnection(gateway: FakeGateway): Promise<void> {
  gateway.isUp = false;
  gateway.cut();
  await settle();
}

async function restoreConnection({
  browser,
  gateway,
}: {
  browser: FakeBrowser;
  gateway: FakeGateway;
}): Promise<void> {
  gateway.isUp = true;
  await browser.clock.advance(60_000);
}

const say = ({ chat }: OpenTab, ...texts: string[]) => {
  for (const text of texts) chat.sendMessage(text).catch(() => undefined); // ends with its tab
};
const askedIn = (gateway: FakeGateway) =>
  [...gateway.logs.values()].flatMap(({ state }) =>
    state.messages.filter(({ role }) => role === 'user').map(textOf),
  );
const waitingIn = ({ chat }: OpenTab) => chat.snapshot.pending.map(({ state }) => state);

test('messages that a dead tab had stored are sent by a tab that was open already', async () => {
  const world = await twoTabs('Hello');
  const { gateway, first, second } = world;
  await cutConnection(gateway);
  say(first, 'one', 'two');
  first.tab.kill();
  await restoreConnection(world);
  expect(askedIn(gateway)).toEqual(['Hello', 'one', 'two']);
  expect(second.texts()).toEqual(['Hello', '', 'one', '', 'two', '']);
});

test('an adopted message keeps its place before messages that were written here later', async () => {
  const world = await twoTabs('Hello');
  const { gateway, first, second } = world;
  await cutConnection(gateway);
  say(first, 'one');
  say(second, 'two');
  first.tab.kill();
  await restoreConnection(world);
  expect(askedIn(gateway)).toEqual(['Hello', 'one', 'two']);
  expect(gateway.ofType('send-message')).toHaveLength(3);
});

test('messages of two tabs without a connection are sent once each, in the order of writing', async () => {
  const world = await twoTabs('Hello');
  const { gateway, first, second } = world;
  await cutConnection(gateway);
  say(first, 'one');
  say(second, 'two');
  say(first, 'three');
  await restoreConnection(world);
  expect(askedIn(gateway)).toEqual(['Hello', 'one', 'two', 'three']);
  expect([first, second].map(waitingIn)).toEqual([[], []]);
});

test.each([
  ['with', () => undefined],
  ['without', (tab: FakeTab) => (tab.locks = undefined)],
])(
  '%s a shared connection, a tab without messages adopts and sends the first message',
  async (_what, prepare) => {
    const world = await twoTabs(undefined, prepare);
    const { gateway, first, second } = world;
    await cutConnection(gateway);
    say(first, 'one');
    first.tab.kill();
    await restoreConnection(world);
    expect(second.texts()).toEqual(['one', '']);
  },
);

test('a tab that adopts the first message keeps the token that it was given', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  gateway.isUp = false;
  const [first, second] = [openTab(browser, gateway), openTab(browser, gateway)];
  say(first, 'one');
  first.tab.kill();
  await restoreConnection({ browser, gateway });
  expect(second.texts()).toEqual(['one', '']);
  expect(browser.storage.getItem('rivulet:demo:token')).toBe('minted');
});

test('a tab that was welcomed as another visitor takes the identity of the message that it adopts', async () => {
  const world = await twoTabs(undefined, (tab) => (tab.locks = undefined));
  const { browser, gateway, first } = world;
  await cutConnection(gateway);
  say(first, 'one');
  first.tab.kill();
  browser.storage.setItem('rivulet:demo:token', 'of the first');
  await restoreConnection(world);
  expect(askedIn(gateway)).toEqual(['one']);
  const [before] = gateway.commands.flatMap(({ type }, index, all) =>
    type === 'send-message' ? [all[index - 1]] : [],
  );
  expect(before).toMatchObject({ type: 'hello', token: 'of the first' });
});

test('a tab that is closed while its message waits leaves the message to the others at once', async () => {
  const { gateway, first, second } = await twoTabs('Hello');
  let refusals = 1;
  gateway.refuse = ({ type }) =>
    type === 'send-message' && refusals-- > 0
      ? new ChatError('rate-limited', { retryAfterMs: 60_000 }).toBody()
      : undefined;
  say(second, 'one');
  await settle();
  second.chat.close();
  await settle();
  expect(first.texts()).toEqual(['Hello', '', 'one', '']);
});

test('a tab that becomes visible adopts the messages of a tab that crashed', async () => {
  const { gateway, first, second } = await twoTabs('Hello');
  let refusals = 1;
  gateway.refuse = ({ type }) =>
    type === 'send-message' && refusals-- > 0
      ? new ChatError('rate-limited', { retryAfterMs: 60_000 }).toBody()
      : undefined;
  say(second, 'one');
  await settle();
  second.tab.kill();
  first.tab.emitSign('visible');
  await settle();
  expect(first.texts()).toEqual(['Hello', '', 'one', '']);
});

test('a message that is withdrawn in one tab is not sent by another that has it, too', async () => {
  const world = await twoTabs('Hello');
  const { browser, gateway, first } = world;
  gateway.onlyLog.finish('stop');
  await cutConnection(gateway);
  say(first, 'one');
  const third = openTab(browser, gateway);
  expect(waitingIn(third)).toEqual(['waiting']);
  await first.chat.stop();
  await restoreConnection(world);
  expect(askedIn(gateway)).toEqual(['Hello']);
  expect([first, third].map(waitingIn)).toEqual([[], []]);
});

test('a failed message that is retried in one tab is no longer offered in another', async () => {
  const { browser, gateway, first } = await twoTabs('Hello');
  let refusals = 1;
  gateway.refuse = ({ type }) =>
    type === 'send-message' && refusals-- > 0 ? new ChatError('busy').toBody() : undefined;
  say(first, 'one');
  await settle();
  const third = openTab(browser, gateway);
  expect(waitingIn(third)).toEqual(['failed']);
  await first.chat.retry(third.chat.snapshot.pending[0]!.messageId);
  await settle();
  expect(waitingIn(third)).toEqual([]);
  expect(third.texts()).toEqual(['Hello', '', 'one', '']);
});

test('a page that is left hands the connection to another tab, and follows when the visitor returns to it', async () => {
  const { browser, gateway, first, second } = await twoTabs('Hello');
  first.tab.emitSign('offline'); // what a pagehide is to the client
  await settle();
  expect([...browser.locks.values()].flat().map(({ tab }) => tab)).toEqual([second.tab]);
  gateway.onlyLog.write('Good day.');
  await settle();
  expect(second.texts()).toEqual(['Hello', 'Good day.']);
  first.tab.emitSign('visible');
  await settle();
  expect(first.texts()).toEqual(['Hello', 'Good day.']);
  expect(browser.openConnections).toBe(1);
});
