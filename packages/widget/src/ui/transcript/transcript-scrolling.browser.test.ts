import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { answer, messageId, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, unmountAll } from '../testing/mount.ts';

beforeEach(() => page.viewport(1000, 700));
afterEach(unmountAll);

const LONG = Array.from({ length: 80 }, (_, index) => `Paragraph ${index}.`).join('\n\n');

test('a sent message is scrolled to the top and stays there while the answer grows below', async () => {
  const { chat, find, rendered } = await mountOpen();
  const history = [userMessage('question1', 'Why?'), answer('answer01', LONG, { reason: 'stop' })];
  chat.setMessages(history);
  await rendered();
  const asked = userMessage('question2', 'And then?', messageId('answer01'));
  chat.set({ isAnswering: true });
  chat.setMessages([...history, asked]);
  const top = () =>
    find('.group rivulet-message:nth-child(3)').getBoundingClientRect().top -
    find('.scroller').getBoundingClientRect().top;
  await vi.waitFor(() => {
    expect(Math.round(top())).toBe(20);
  });
  chat.setMessages([...history, asked, answer('answer02', LONG)]);
  await rendered();
  expect(Math.round(top())).toBe(20);
  await vi.waitFor(() => {
    expect(find('.latest').hidden).toBe(false);
  });
});

test('the first message stays below the line on the AI, even if its conversation is loaded in between', async () => {
  const { chat, find, rendered } = await mountOpen();
  const first = {
    messageId: messageId('question1'),
    parts: [{ type: 'text' as const, text: 'Why?' }],
    createdAtMs: 0,
  };
  chat.set({ pending: [{ ...first, state: 'sending' }], isAnswering: true });
  await rendered();
  chat.set({ isLoading: true });
  await rendered();
  chat.set({ isLoading: false, pending: [] });
  chat.setMessages([userMessage('question1', 'Why?'), answer('answer01', LONG)]);
  await rendered();
  await vi.waitFor(() => {
    expect([find('.scroller').scrollTop, find('.latest').hidden]).toEqual([0, false]);
  });
  expect(find('.message').getBoundingClientRect().top).toBeGreaterThan(
    find('[part=ai-notice]').getBoundingClientRect().bottom,
  );
});

test('a pending message is at the top, even if the stored conversation is inserted above it', async () => {
  const { chat, find, rendered } = await mountOpen();
  const parts = [{ type: 'text' as const, text: 'Why?' }];
  chat.set({
    isLoading: true,
    pending: [{ messageId: messageId('waiting1'), parts, createdAtMs: 0, state: 'waiting' }],
  });
  await rendered();
  chat.set({ isLoading: false, isAnswering: true });
  chat.setMessages(
    Array.from({ length: 20 }, (_, index) => answer(`older${1000 + index}`, 'x\n\nx', { reason: 'stop' })),
  );
  await rendered();
  await vi.waitFor(() => {
    const top =
      find('[data-pending]').getBoundingClientRect().top - find('.scroller').getBoundingClientRect().top;
    expect(Math.round(top)).toBe(20);
  });
});

test('a group keeps its height when it is marked as settled', async () => {
  const { chat, find, rendered } = await mountOpen();
  chat.setMessages(
    Array.from({ length: 50 }, (_, index) =>
      answer(`older${1000 + index}`, 'x\n\n'.repeat(6), { reason: 'stop' }),
    ),
  );
  await rendered();
  const group = find('.group');
  const { offsetHeight } = group;
  group.toggleAttribute('data-settled', true);
  expect([offsetHeight > 5000, group.offsetHeight]).toEqual([true, offsetHeight]);
});

test('the scroll-to-latest button leads to the end, which is then followed', async () => {
  const { chat, find, rendered } = await mountOpen();
  chat.setMessages([answer('answer01', LONG)]);
  await rendered();
  const scroller = find('.scroller');
  scroller.scrollTop = 0;
  await vi.waitFor(() => {
    expect(find('.latest').hidden).toBe(false);
  });
  find('.to-latest').click();
  await vi.waitFor(() => {
    expect(find('.latest').hidden).toBe(true);
  });
  chat.setMessages([answer('answer01', `${LONG}\n\n${LONG}`)]);
  await rendered();
  await vi.waitFor(() => {
    expect(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight).toBeLessThan(2);
  });
});

test('the scroll-to-latest button counts messages that arrived while the end was out of view', async () => {
  const { chat, element, find, rendered } = await mountOpen();
  const first = answer('answer01', LONG, { reason: 'stop' });
  chat.setMessages([first]);
  await rendered();
  find('.scroller').scrollTop = 0;
  await vi.waitFor(() => {
    expect(find('.latest').hidden).toBe(false);
  });
  expect(find('.to-latest').getAttribute('aria-label')).toBe('To the latest message');
  const next = (number: number) => answer(`answer0${number}`, 'New', { reason: 'stop' });
  chat.setMessages([first, next(2)]);
  await rendered();
  expect(find('.to-latest').textContent).toContain('1 new message');
  chat.setMessages([first, next(2), next(3), userMessage('question', 'Mine')]);
  await rendered();
  expect(find('.to-latest').getAttribute('aria-label')).toBe('2 new messages – To the latest message');
  expect(await audit(element)).toEqual([]);
});

test('switching to a shorter version leaves its buttons in place', async () => {
  const { chat, find, rendered } = await mountOpen();
  const parentId = messageId('question');
  const rest = answer('answer03', LONG, { reason: 'stop', parentId: messageId('question2') });
  chat.setMessages([
    userMessage('question', 'Why?'),
    answer('answer01', LONG.slice(0, 400), { reason: 'stop', parentId }),
    answer('answer02', LONG, { reason: 'stop', parentId }),
    userMessage('question2', 'And?', messageId('answer01')),
    rest,
    userMessage('question3', 'Or?', messageId('answer02')),
    { ...rest, id: messageId('answer04'), parentId: messageId('question3') },
  ]);
  await rendered();
  const top = () => find('.versions').getBoundingClientRect().top;
  find('.scroller').scrollTop += top() - 300;
  await rendered();
  const before = top();
  find('.previous').click();
  await rendered();
  expect(find('.markdown').textContent.length).toBeLessThan(500);
  expect(Math.abs(top() - before)).toBeLessThan(2);
});
