/**
 * Tabs over the locks, channels and storage of a real browser. Each environment represents one tab: they also work within one page.
 */
import { textOf } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { createBrowserEnvironment } from '../environment/browser-environment.ts';
import { createChatClient } from '../chat-client.ts';
import type { Chat } from '../chat.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';

const open: Chat[] = [];
let siteNumber = 0;

afterEach(() => {
  for (const chat of open.splice(0)) chat.close();
  localStorage.clear();
});

function openChat(gateway: FakeGateway, site: string): Chat {
  const chat = createChatClient({ gateway: 'https://chat.test', site, transport: gateway });
  open.push(chat);
  chat.connect();
  return chat;
}

const isOnline = (chat: Chat) =>
  vi.waitFor(() => {
    expect(chat.snapshot.status).toBe('online');
  });
const textsOf = (chat: Chat) => chat.snapshot.conversation.messages.map(textOf);

test('two tabs share one connection over real locks and channels, and the second takes over', async () => {
  const gateway = new FakeGateway();
  const site = `site-${(siteNumber += 1)}`;
  const first = openChat(gateway, site);
  await isOnline(first);
  const second = openChat(gateway, site);
  await isOnline(second);
  await second.sendMessage('Hello');
  await vi.waitFor(() => {
    expect(textsOf(first)).toEqual(['Hello', '']);
  });
  expect(gateway.connections).toHaveLength(1);
  first.close();
  gateway.onlyLog.write('Good day.');
  await vi.waitFor(() => {
    expect(textsOf(second)).toEqual(['Hello', 'Good day.']);
  });
  expect(gateway.connections).toHaveLength(2);
});

test('a lock is held by one tab, can be stolen, passes to the next waiting tab, and skips a request that was cancelled', async () => {
  const { locks } = createBrowserEnvironment();
  const reported: string[] = [];
  const hold = (holder: string, how: 'wait' | 'steal') =>
    locks?.hold('a lock of this test', how, {
      held: () => reported.push(`${holder} held`),
      lost: () => reported.push(`${holder} lost`),
      failed: () => reported.push(`${holder} failed`),
    });
  hold('first', 'wait');
  await vi.waitFor(() => {
    expect(reported).toEqual(['first held']);
  });
  const cancelSecond = hold('second', 'wait');
  const releaseThird = hold('third', 'steal');
  await vi.waitFor(() => {
    expect(reported.toSorted()).toEqual(['first held', 'first lost', 'third held']);
  });
  cancelSecond?.();
  hold('fourth', 'wait');
  releaseThird?.();
  await vi.waitFor(() => {
    expect(reported.at(-1)).toBe('fourth held');
  });
  expect(reported).toHaveLength(4);
});

test('a channel delivers to the other channels of its name and not to itself, and can be closed twice', async () => {
  const environment = createBrowserEnvironment();
  const received: unknown[] = [];
  const one = environment.channel?.('of this test', () => received.push('echo'));
  const other = environment.channel?.('of this test', (message) => received.push(message));
  one?.post({ word: 1 });
  await vi.waitFor(() => {
    expect(received).toEqual([{ word: 1 }]);
  });
  other?.close();
  other?.close();
  one?.close();
});
