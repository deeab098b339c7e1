import { afterEach, expect, test } from 'vitest';
import { mountClosed, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

const tool = (name: string) => ({ name, description: '', parameters: {}, handler: () => 1 });

test('the tools of the page are offered before the first message and again whenever they change', async () => {
  const { element, chat } = mountClosed();
  element.tool(tool('one'));
  await element.sendMessage('Hello');
  expect(chat.calls).toEqual(['offer one', 'connect', 'send Hello']);
  element.configure({ header: { title: 'Same tools' } });
  element.tool(tool('two'));
  element.configure({ tools: undefined });
  expect(chat.calls.slice(3)).toEqual(['offer one two', 'offer ']);
});
