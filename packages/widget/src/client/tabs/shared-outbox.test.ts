/** Tabs send the messages that another tab stored and did not send: once each, in order, and none that was withdrawn (invariant 7). */
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

/** Cuts every connection and refuses new ones: messages that are sent meanwhile wait. */
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

const send = ({ chat }: OpenTab, ...texts: string[]) => {
  for (const text of texts) chat.sendMessage(text).catch(() => undefined); // rejects when its tab is closed
};
const userTexts = (gateway: FakeGateway) =>
  [...gateway.logs.values()].flatMap(({ state }) =>
    state.messages.filter(({ role }) => role === 'user').map(textOf),
  );
const pendingStates = ({ chat }: OpenTab) => chat.snapshot.pending.map(({ state }) => state);

test('messages that a dead tab had stored are sent by a tab that was open already', async () => {
  const world = await twoTabs('Hello');
  const { gateway, first, second } = world;
  await cutConnection(gateway);
  send(first, 'one', 'two');
  first.tab.kill();
  await restoreConnection(world);
  expect(userTexts(gateway)).toEqual(['Hello', 'one', 'two']);
  expect(second.texts()).toEqual(['Hello', '', 'one', '', 'two', '']);
});

test('an adopted message keeps its place before messages that were written here later', async () => {
  const world = await twoTabs('Hello');
  const { gateway, first, second } = world;
  await cutConnection(gateway);
  send(first, 'one');
  send(second, 'two');
  first.tab.kill();
  await restoreConnection(world);
  expect(userTexts(gateway)).toEqual(['Hello', 'one', 'two']);
  expect(gateway.ofType('send-message')).toHaveLength(3);
});

test('messages of two tabs without a connection are sent once each, in the order of writing', async () => {
  const world = await twoTabs('Hello');
  const { gateway, first, second } = world;
  await cutConnection(gateway);
  send(first, 'one');
  send(second, 'two');
  send(first, 'three');
  await restoreConnection(world);
  expect(userTexts(gateway)).toEqual(['Hello', 'one', 'two', 'three']);
  expect([first, second].map(pendingStates)).toEqual([[], []]);
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
    send(first, 'one');
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
  send(first, 'one');
  first.tab.kill();
  await restoreConnection({ browser, gateway });
  expect(second.texts()).toEqual(['one', '']);
  expect(browser.storage.getItem('rivulet:demo:token')).toBe('minted');
});

test('a tab that was welcomed as another visitor takes the identity of the message that it adopts', async () => {
  const world = await twoTabs(undefined, (tab) => (tab.locks = undefined));
  const { browser, gateway, first } = world;
  await cutConnection(gateway);
  send(first, 'one');
  first.tab.kill();
  browser.storage.setItem('rivulet:demo:token', 'of the first');
  await restoreConnection(world);
  expect(userTexts(gateway)).toEqual(['one']);
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
  send(second, 'one');
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
  send(second, 'one');
  await settle();
  second.tab.kill();
  first.tab.emitSign('visible');
  await settle();
  expect(first.texts()).toEqual(['Hello', '', 'one', '']);
});

test('a message that is withdrawn in one tab is not sent by another tab that has loaded it', async () => {
  const world = await twoTabs('Hello');
  const { browser, gateway, first } = world;
  gateway.onlyLog.finish('stop');
  await cutConnection(gateway);
  send(first, 'one');
  const third = openTab(browser, gateway);
  expect(pendingStates(third)).toEqual(['waiting']);
  await first.chat.stop();
  await restoreConnection(world);
  expect(userTexts(gateway)).toEqual(['Hello']);
  expect([first, third].map(pendingStates)).toEqual([[], []]);
});

test('a failed message that is retried in one tab is no longer offered in another', async () => {
  const { browser, gateway, first } = await twoTabs('Hello');
  let refusals = 1;
  gateway.refuse = ({ type }) =>
    type === 'send-message' && refusals-- > 0 ? new ChatError('busy').toBody() : undefined;
  send(first, 'one');
  await settle();
  const third = openTab(browser, gateway);
  expect(pendingStates(third)).toEqual(['failed']);
  await first.chat.retry(third.chat.snapshot.pending[0]!.messageId);
  await settle();
  expect(pendingStates(third)).toEqual([]);
  expect(third.texts()).toEqual(['Hello', '', 'one', '']);
});

test('a page that is left hands the connection to another tab, and follows when the visitor returns to it', async () => {
  const { browser, gateway, first, second } = await twoTabs('Hello');
  first.tab.emitSign('left');
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
