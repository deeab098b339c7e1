import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountClosed, mountOpen } from '../testing/mount.ts';
import type { RunId } from '@rivulet/protocol';

const runEnd = { runId: 'r_answer0001' as RunId, reason: 'stop', text: 'Yes.' } as const;
const shown = (find: (selector: string) => HTMLElement) => find('.content').textContent;

test('before-send may wait, change and stop a message, and a stopped text returns to the visitor', async () => {
  const { element, chat, find, rendered } = await mountOpen();
  const seen = vi.fn();
  const end = element.hook('before-send', async ({ parts, source }) => {
    seen(parts, source);
    await Promise.resolve();
    return [{ type: 'text', text: 'changed' }];
  });
  await element.sendMessage('hello');
  expect(seen).toHaveBeenCalledWith([{ type: 'text', text: 'hello' }], 'api');
  end();
  element.hook('before-send', () => false);
  await expect(element.sendMessage('again')).rejects.toMatchObject({ code: 'content-blocked' });
  expect(chat.calls.filter((one) => one.startsWith('send'))).toHaveLength(1);
  const field = find('textarea') as HTMLTextAreaElement;
  field.value = 'written';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  find('form').dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
  await vi.waitFor(async () => {
    await rendered();
    expect(field.value).toBe('written');
  });
});

test('before-render sees a message before the visitor: changes it, hides it, and gets an answer once it is complete', async () => {
  const { element, chat, find, rendered } = await mountOpen();
  element.hook('before-render', ({ message }) => {
    if (message.role === 'user') return undefined;
    const text = message.parts[0]?.type === 'text' ? message.parts[0].text : '';
    return text === 'secret' ? false : { ...message, parts: [{ type: 'text', text: text.toUpperCase() }] };
  });
  const question = userMessage('question1', 'hi');
  chat.setMessages([question, answer('answer0001', 'half', { parentId: question.id })]);
  await vi.waitFor(async () => {
    await rendered();
    expect(shown(find)).toContain('hi');
  });
  expect(shown(find)).not.toContain('half');
  chat.setMessages([
    question,
    answer('answer0001', 'half and whole', { parentId: question.id, reason: 'stop' }),
  ]);
  await vi.waitFor(async () => {
    await rendered();
    expect(shown(find)).toContain('HALF AND WHOLE');
  });
  chat.setMessages([question, answer('answer0001', 'secret', { parentId: question.id, reason: 'stop' })]);
  await vi.waitFor(async () => {
    await rendered();
    expect(shown(find)).not.toMatch(/half|secret/i);
  });
});

test('the title shows the number of unread answers while the page enables it', async () => {
  document.title = 'Harbour';
  const { element, chat } = await mountOpen();
  element.configure({ launcher: { hasTitleBadge: true } });
  element.close();
  chat.emit('run-end', runEnd);
  await expect.poll(() => document.title).toBe('(1) Harbour');
  element.open();
  await expect.poll(() => document.title).toBe('Harbour');
  element.remove();
});

test('the teaser opens the panel, and stays away for the rest of the visit once dismissed', async () => {
  sessionStorage.clear();
  await page.viewport(1024, 700);
  const { element, find, has } = mountClosed();
  element.configure({ launcher: { teaser: 'Questions?' } });
  await element.stop();
  await expect.poll(() => has('.teaser')).toBe(true);
  find('.teaser [aria-label="Dismiss"]').click();
  expect(has('.teaser')).toBe(false);
  expect(sessionStorage.getItem('rivulet:teaser')).toBe('1');
  sessionStorage.clear();
  element.remove();
});

test('the time to the first text and to the paint is dispatched as events', async () => {
  const { element, chat } = await mountOpen();
  element.configure({ connection: { hasTiming: true } });
  const [first, timing] = [vi.fn(), vi.fn()];
  element.addEventListener('rivulet-first-delta', ({ detail }) => {
    first(detail.elapsedMs);
  });
  element.addEventListener('rivulet-timing', ({ detail }) => {
    timing(detail);
  });
  const question = userMessage('question1', 'hi');
  await vi.waitFor(() => {
    // Repeats until the timing module is loaded.
    chat.set({ isAnswering: false });
    chat.set({ isAnswering: true });
    chat.setMessages([question, answer('answer0001', '', { parentId: question.id })]);
    chat.setMessages([question, answer('answer0001', 'Yes', { parentId: question.id })]);
    expect(first).toHaveBeenCalledTimes(1);
  });
  await new Promise(requestAnimationFrame);
  chat.emit('run-end', runEnd);
  await vi.waitFor(() => {
    expect(timing).toHaveBeenCalledTimes(1);
  });
  expect(timing.mock.calls[0]?.[0]).toMatchObject({
    runId: 'r_answer0001',
    firstDeltaMs: expect.any(Number) as number,
  });
});
