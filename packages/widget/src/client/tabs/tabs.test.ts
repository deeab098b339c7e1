/** Several tabs of one browser share a connection and its state; a takeover loses and doubles nothing (invariants 5, 6, 7). */
import { textOf, type MessageId, type RunId } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab, type OpenTab } from '../testing/open-tab.ts';

/** The first tab leads and has sent a message that is being answered; the others are opened afterwards. */
async function tabs(count: number) {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const open: OpenTab[] = [openTab(browser, gateway)];
  await open[0]?.chat.sendMessage('Hello');
  await settle();
  while (open.length < count) {
    open.push(openTab(browser, gateway));
    await settle();
  }
  const [leader, second, third] = open as [OpenTab, OpenTab, OpenTab];
  return { browser, gateway, log: gateway.onlyLog, leader, second, third };
}

const usersIn = ({ chat }: OpenTab) =>
  chat.snapshot.conversation.messages.filter(({ role }) => role === 'user').map(textOf);

test('three tabs have one socket and the same conversation', async () => {
  const { browser, gateway, log, second, third } = await tabs(3);
  log.write('Good day.');
  await settle();
  expect(gateway.connections).toHaveLength(1);
  expect(browser.openConnections).toBe(1);
  for (const { chat, texts } of [second, third]) {
    expect(chat.snapshot.status).toBe('online');
    expect(texts()).toEqual(['Hello', 'Good day.']);
  }
});

test('a tab that opens in the middle of an answer has the same state as the leader after every delta', async () => {
  const { gateway, log, leader, second } = await tabs(2);
  for (const word of ['Once ', 'upon ', '😀 ', 'a ', 'time']) {
    log.write(word);
    await settle();
    expect(second.chat.snapshot.conversation).toEqual(leader.chat.snapshot.conversation);
    expect(second.chat.snapshot.conversation.messages).toEqual(log.state.messages);
  }
  expect(gateway.connections).toHaveLength(1);
});

test('every tab learns that the site is switched off, and stays on the same connection', async () => {
  const { gateway, log, leader, second, third } = await tabs(3);
  gateway.switchSite({});
  log.write('Good day.');
  await settle();
  for (const { chat, texts } of [leader, second, third]) {
    expect(chat.snapshot.closedBecause?.code).toBe('site-disabled');
    expect(texts()).toEqual(['Hello', 'Good day.']);
  }
  expect(gateway.connections).toHaveLength(1);
});

test('every tab learns that the conversation cannot be resumed elsewhere', async () => {
  const { gateway, leader, second } = await tabs(2);
  gateway.isResumable = false;
  gateway.switchSite(undefined);
  await settle();
  expect([leader, second].map(({ chat }) => chat.snapshot.isResumable)).toEqual([false, false]);
  gateway.isResumable = true;
  gateway.switchSite(undefined);
  await settle();
  expect([leader, second].map(({ chat }) => chat.snapshot.isResumable)).toEqual([undefined, undefined]);
});

test('stop from a follower ends the answer in every tab', async () => {
  const { gateway, log, leader, second } = await tabs(2);
  log.write('Once upon');
  await settle();
  await second.chat.stop();
  await settle();
  expect(log.state.messages[1]?.run?.reason).toBe('aborted');
  expect([leader, second].map(({ chat }) => chat.snapshot.isAnswering)).toEqual([false, false]);
  expect(gateway.ofType('abort-run')).toHaveLength(1);
});

test('a leader that dies in the middle of an answer is followed by another; nothing is lost or doubled', async () => {
  const { browser, gateway, log, leader, second, third } = await tabs(3);
  log.write('Once ');
  await settle();
  leader.tab.kill();
  log.write('upon ');
  await settle();
  log.write('a time');
  log.finish('stop');
  await settle();
  for (const { chat } of [second, third]) {
    expect(chat.snapshot.conversation.messages).toEqual(log.state.messages);
    expect(chat.snapshot.status).toBe('online');
  }
  expect(browser.openConnections).toBe(1);
  expect(gateway.connections).toHaveLength(2);
});

test('a message sent by a follower whose leader dies before the answer is accepted once', async () => {
  const { gateway, log, leader, second } = await tabs(2);
  gateway.isUp = false;
  const sending = second.chat.sendMessage('Again');
  await settle();
  leader.tab.kill();
  gateway.isUp = true;
  await settle();
  await sending;
  await settle();
  expect(usersIn(second)).toEqual(['Hello', 'Again']);
  expect(second.chat.snapshot.conversation.messages).toEqual(log.state.messages);
});

test('a message whose acceptance was lost with the leader is sent again and exists once', async () => {
  const { gateway, log, leader, second } = await tabs(2);
  const sending = second.chat.sendMessage('Again');
  while (gateway.ofType('send-message').length < 2) await Promise.resolve();
  leader.tab.kill();
  await sending;
  await settle();
  expect(gateway.ofType('send-message')).toHaveLength(3);
  expect(log.state.messages.filter(({ role }) => role === 'user')).toHaveLength(2);
  expect(second.chat.snapshot.pending).toEqual([]);
});

test('two messages typed in a follower without a network are sent once each and in order', async () => {
  const { browser, gateway, log, second } = await tabs(2);
  gateway.isUp = false;
  gateway.cut();
  await settle();
  expect(second.chat.snapshot.status).toBe('reconnecting');
  const sent = [second.chat.sendMessage('one'), second.chat.sendMessage('two')];
  await browser.clock.advance(5000);
  gateway.isUp = true;
  await browser.clock.advance(30_000);
  await Promise.all(sent);
  expect(usersIn(second)).toEqual(['Hello', 'one', 'two']);
  expect(log.accepted.size).toBe(3);
  expect(browser.openConnections).toBe(1);
});

test('followers are connected as soon as the leader is, not after a backoff of their own', async () => {
  const { browser, gateway, leader, second } = await tabs(2);
  gateway.isUp = false;
  gateway.cut();
  await browser.clock.advance(60_000);
  gateway.isUp = true;
  while (leader.chat.snapshot.status !== 'online') await browser.clock.advance(100);
  await settle();
  expect(second.chat.snapshot.status).toBe('online');
});

test('a leader that is frozen loses the lead within 4 s, and follows when it runs again', async () => {
  const { browser, log, leader, second, third } = await tabs(3);
  leader.tab.freeze();
  log.write('Good day.');
  await browser.clock.advance(4000);
  for (const { chat } of [second, third])
    expect(chat.snapshot.conversation.messages).toEqual(log.state.messages);
  leader.tab.thaw();
  await browser.clock.advance(1000);
  log.finish('stop');
  await settle();
  for (const { chat } of [leader, second, third])
    expect(chat.snapshot.conversation.messages).toEqual(log.state.messages);
  expect(browser.openConnections).toBe(1);
});

test('a tab that opens while the leader is frozen is connected within 2 s', async () => {
  const { browser, gateway, log, leader } = await tabs(1);
  leader.tab.freeze();
  const late = openTab(browser, gateway);
  await browser.clock.advance(2000);
  expect(late.chat.snapshot.conversation.messages).toEqual(log.state.messages);
});

test('a follower that is frozen misses nothing', async () => {
  const { browser, log, second } = await tabs(2);
  second.tab.freeze();
  log.write('Good ');
  await browser.clock.advance(60_000);
  log.write('day.');
  second.tab.thaw();
  await browser.clock.advance(1000);
  expect(second.chat.snapshot.conversation.messages).toEqual(log.state.messages);
  expect(browser.openConnections).toBe(1);
});

test.each([
  ['no event follows', 0],
  ['another event follows', 1],
])('a follower recovers from an event that the browser did not deliver, when %s', async (_when, more) => {
  const { browser, log, second } = await tabs(2);
  log.finish('stop');
  await settle();
  second.tab.losesMessages = true;
  log.startRun('r_anotheranswer' as RunId, 'm_anotheranswer' as MessageId, log.state.messages[0]!.id);
  await settle();
  second.tab.losesMessages = false;
  if (more > 0) log.write('Good day.');
  await browser.clock.advance(3000);
  expect(second.chat.snapshot.conversation.messages).toEqual(log.state.messages);
});

test('a leader that lost its lock waits for it again', async () => {
  const { browser, log, leader, second, third } = await tabs(3);
  leader.tab.freeze();
  await browser.clock.advance(4000);
  leader.tab.thaw();
  await browser.clock.advance(1000);
  second.tab.kill();
  third.tab.kill();
  log.write('Good day.');
  await settle();
  expect(leader.texts()).toEqual(['Hello', 'Good day.']);
});

test('a tab that starts another conversation follows it, and leaves the other tab on the first', async () => {
  const { gateway, log, leader, second } = await tabs(2);
  second.chat.newConversation();
  await second.chat.sendMessage('Something else');
  log.write('Good day.');
  [...gateway.logs.values()][1]?.write('Indeed.');
  await settle();
  expect(leader.texts()).toEqual(['Hello', 'Good day.']);
  expect(second.texts()).toEqual(['Something else', 'Indeed.']);
  expect(gateway.ofType('unsubscribe')).toEqual([]);
});

test('the other tabs stay connected when the leader closes its chat', async () => {
  const { browser, log, leader, second, third } = await tabs(3);
  leader.chat.close();
  await settle();
  log.write('Good day.');
  await settle();
  expect([second, third].map(({ texts }) => texts())).toEqual(Array(2).fill(['Hello', 'Good day.']));
  expect(browser.openConnections).toBe(1);
});

test('visitors with different tokens do not share a connection', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  openTab(browser, gateway);
  await settle();
  browser.storage.setItem('rivulet:demo:token', 'of another visitor');
  const other = openTab(browser, gateway);
  await settle();
  expect(other.chat.snapshot.status).toBe('online');
  expect(gateway.ofType('hello').map(({ token }) => token)).toEqual([undefined, 'of another visitor']);
});

test('a tab without a token gets the token that the leader was given', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  openTab(browser, gateway);
  await settle();
  const second = openTab(browser, gateway);
  await settle();
  await second.chat.sendMessage('Hello');
  expect(browser.storage.getItem('rivulet:demo:token')).toBe('minted');
  expect(gateway.ofType('hello')).toHaveLength(1);
});

test('after the last chat is closed, no connection, timer or lock remains', async () => {
  const { browser, leader, second, third } = await tabs(3);
  for (const { chat } of [leader, second, third]) chat.close();
  await browser.clock.advance(1);
  expect(browser.openConnections).toBe(0);
  expect(browser.clock.pendingTimers).toBe(0);
  expect([...browser.locks.values()].flat()).toEqual([]);
});
