import { afterEach, expect, test, vi } from 'vitest';
import { ChatError } from '@rivulet/protocol';
import type { FakeChat } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

const identified = (chat: FakeChat) => chat.calls.filter((one) => one.startsWith('identify'));

test('the token of the options identifies the visitor, and a changed token identifies again', async () => {
  const { element, chat } = await mountOpen();
  element.configure({ identity: { token: 'one' } });
  await expect.poll(() => identified(chat)).toEqual(['identify one']);
  element.configure({ header: { title: 'Same person' } });
  element.configure({ identity: { token: () => Promise.resolve('two') } });
  await expect.poll(() => identified(chat)).toEqual(['identify one', 'identify two']);
});

test('a function that fails is reported to the page once; a refused token is reported by the chat', async () => {
  const { element, chat } = await mountOpen();
  const reported = vi.fn();
  element.addEventListener('rivulet-error', ({ detail }) => {
    reported(detail.error.message);
  });
  element.configure({ identity: { token: () => Promise.reject(new ChatError('unauthenticated')) } });
  element.configure({ identity: { token: () => Promise.reject(new Error('offline')) } });
  await expect.poll(() => reported.mock.calls).toEqual([['offline']]);
  expect(identified(chat)).toEqual([]);
});
