/** What of a streamed answer is drawn at once, and what may wait because nobody sees it come. */
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

test('a word that is in sight is drawn at once', async () => {
  const mounted = await mountOpen();
  for (const text of ['One', 'One two', 'One two three']) {
    say(mounted, text);
    await mounted.rendered();
    expect(shown(mounted)).toBe(text);
  }
});

test('words far below the window come together, all of them, also when nothing follows', async () => {
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

test('the end of an answer never waits', async () => {
  const mounted = await mountOpen();
  say(mounted, LONG);
  await mounted.rendered();
  mounted.find('.scroller').scrollTop = 0;
  const before = shown(mounted);
  say(mounted, `${LONG}The end`, 'stop');
  await mounted.rendered();
  expect(shown(mounted)).toBe(`${before}The end`);
});
