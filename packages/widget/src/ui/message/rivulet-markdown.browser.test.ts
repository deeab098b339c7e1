/** What of a streaming answer is rendered at once, and what is deferred because it is out of view. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';

beforeEach(() => page.viewport(1000, 700));
afterEach(() => {
  unmountAll();
  vi.useRealTimers();
});

const LONG = 'A line.\n\n'.repeat(100);
const QUESTION = userMessage('question01', 'Why?');

const say = ({ chat }: Mounted, text: string, end?: 'stop'): void => {
  chat.set({ isAnswering: end === undefined });
  const parentId = QUESTION.id;
  chat.setMessages([
    QUESTION,
    answer('answer0001', text, end === undefined ? { parentId } : { parentId, reason: end }),
  ]);
};
const shown = ({ find }: Mounted) => find('.markdown').textContent;

test('text in view is rendered at once', async () => {
  const mounted = await mountOpen();
  for (const text of ['One', 'One two', 'One two three']) {
    say(mounted, text);
    await mounted.rendered();
    expect(shown(mounted)).toBe(text);
  }
});

test('text far below the viewport is rendered in batches, completely, even if nothing follows', async () => {
  const mounted = await mountOpen();
  say(mounted, LONG);
  await mounted.rendered();
  mounted.find('.scroller').scrollTop = 0;
  const before = shown(mounted);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  say(mounted, `${LONG}One`);
  await mounted.rendered();
  say(mounted, `${LONG}One two`);
  await mounted.rendered();
  expect(shown(mounted)).toBe(before);
  vi.advanceTimersByTime(250);
  expect(shown(mounted)).toBe(`${before}One two`);
});

test('the end of an answer is never deferred', async () => {
  const mounted = await mountOpen();
  say(mounted, LONG);
  await mounted.rendered();
  mounted.find('.scroller').scrollTop = 0;
  const before = shown(mounted);
  say(mounted, `${LONG}The end`, 'stop');
  await mounted.rendered();
  expect(shown(mounted)).toBe(`${before}The end`);
});

test('a list of 20,000 points is rendered without an element whose direction depends on all of them', async () => {
  const mounted = await mountOpen();
  say(mounted, '- a\n'.repeat(20_000), 'stop');
  await mounted.rendered();
  const list = mounted.find('.markdown ul');
  expect(list.childElementCount).toBe(20_000);
  for (let element: Element | null = list; element !== null; element = element.parentElement)
    expect(element.getAttribute('dir')).not.toBe('auto');
});
