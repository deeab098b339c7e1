import { afterEach, expect, test } from 'vitest';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

test('before the first message the visitor is told that an AI answers, and screen readers say it with the panel', async () => {
  const { find } = await mountOpen();
  const notice = find('[part=ai-notice]');
  expect(notice.textContent).toBe('You are chatting with an AI assistant. It can make mistakes.');
  expect(find('.panel').getAttribute('aria-describedby')).toBe(notice.id);
});

test('the notice stays above the conversation', async () => {
  const { chat, has, rendered } = await mountOpen();
  chat.setMessages([userMessage('question', 'Why?'), answer('answer01', 'Because.', { reason: 'stop' })]);
  await rendered();
  expect(has('[part=ai-notice]')).toBe(true);
});

test('the site sets the text of the notice, or turns it off', async () => {
  const { element, find, has, rendered } = await mountOpen();
  element.configure({ start: { aiNotice: 'Answers come from a machine.' } });
  await rendered();
  expect(find('[part=ai-notice]').textContent).toBe('Answers come from a machine.');
  element.configure({ start: { aiNotice: false } });
  await rendered();
  expect(has('[part=ai-notice]')).toBe(false);
});
