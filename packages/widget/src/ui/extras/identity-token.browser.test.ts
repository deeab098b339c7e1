import { ChatError } from '@rivulet/protocol';
import { expect, test, vi } from 'vitest';
import { FakeChat } from '../testing/fake-chat.ts';
import { mountOpen } from '../testing/mount.ts';
import { followToken } from './identity-token.ts';

const identified = (chat: FakeChat) => chat.asked.filter((one) => one.startsWith('identify'));

test('the option’s token is who speaks, and another one follows', async () => {
  const { element, chat } = await mountOpen();
  element.configure({ identity: { token: 'one' } });
  await expect.poll(() => identified(chat)).toEqual(['identify one']);
  element.configure({ header: { title: 'Same person' } });
  element.configure({ identity: { token: () => Promise.resolve('two') } });
  await expect.poll(() => identified(chat)).toEqual(['identify one', 'identify two']);
  element.remove();
});

test('a function is asked for another token when the old one is refused, but not in a circle', async () => {
  const chat = new FakeChat();
  let nowMs = 0;
  const token = vi.fn(() => 'token');
  followToken({ chat, token, now: () => nowMs, failed: vi.fn() });
  const refuse = () => {
    chat.emit('error', { error: new ChatError('unauthenticated') });
  };
  refuse();
  expect(token).toHaveBeenCalledTimes(1);
  nowMs = 30_000;
  refuse();
  expect(token).toHaveBeenCalledTimes(2);
  await expect.poll(() => identified(chat)).toHaveLength(2);
});

test('a function that fails is told, and nobody is identified', async () => {
  const chat = new FakeChat();
  const failed = vi.fn();
  const end = followToken({ chat, token: () => Promise.reject(new Error('offline')), now: () => 0, failed });
  await expect.poll(() => failed.mock.calls.length).toBe(1);
  expect(identified(chat)).toEqual([]);
  end();
  expect(chat.listenerCount).toBe(0);
});
