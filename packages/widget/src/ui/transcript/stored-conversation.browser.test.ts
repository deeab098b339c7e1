/** A conversation that is loaded from storage: it opens at its end, and nothing moves once it is rendered. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { Message } from '@rivulet/protocol';
import type { PendingMessage } from '../../client/chat.ts';
import { DAY_MS } from '../i18n/day-of.ts';
import { answer, messageId, userMessage } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { source } from '../testing/rich-scenes.ts';

beforeEach(() => page.viewport(1000, 700));
afterEach(unmountAll);

const WORDS =
  '## Two ways\n\n1. Write\n2. Come by\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```ts\nconst a = 1;\n```';

/** A question and its answer from the given number of days ago. */
const exchange = (daysAgo: number): Message[] => {
  const [ask, say] = [`asked${1000 + daysAgo}`, `answer${1000 + daysAgo}`];
  const text = { type: 'text' as const, text: WORDS };
  const announced = answer(say, [text, source(1, 'https://example.com/')], {
    reason: 'stop',
    parentId: messageId(ask),
  });
  return [userMessage(ask, 'How?'), announced].map((one) => ({ ...one, createdAtMs: -daysAgo * DAY_MS }));
};
/** More messages than fit one group, oldest first. */
const DAYS = Array.from({ length: 40 }, (_, index) => exchange(40 - index)).flat();

/** Shows the loading state first, then the whole conversation, as the store delivers it. */
async function open({ chat, rendered }: Mounted, messages: Message[], pending: PendingMessage[] = []) {
  chat.set({ isLoading: true });
  await rendered();
  const id = 'c_fromstorage1' as typeof chat.snapshot.conversation.id; // a valid id
  chat.set({ isLoading: false, pending, conversation: { ...chat.snapshot.conversation, id, messages } });
  await rendered();
}

test.each(['en', 'ar'])(
  'the end of a conversation of several days is in view once everything is rendered: %s',
  async (locale) => {
    const mounted = await mountOpen({ locale });
    await open(mounted, DAYS);
    await vi.waitFor(() => {
      expect([mounted.has('rivulet-sources'), mounted.has('.day')]).toEqual([true, true]);
    });
    await mounted.rendered();
    await vi.waitFor(() => {
      const end = mounted.find('.content').getBoundingClientRect().bottom;
      expect(Math.round(end - mounted.find('.scroller').getBoundingClientRect().bottom)).toBe(0);
      expect(mounted.find('.latest').hidden).toBe(true);
    });
  },
);

/** Records every size that the line below a message ever had on screen, by its text. */
function watchEnds({ element }: Mounted): Map<Element, string[]> {
  const sizes = new Map<Element, string[]>();
  const size = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const { width, height } = target.getBoundingClientRect();
      sizes.set(target, [...(sizes.get(target) ?? []), `${width} × ${height}`]);
    }
  });
  const look = () => {
    for (const end of element.shadowRoot?.querySelectorAll('.end') ?? []) size.observe(end);
  };
  if (element.shadowRoot !== null)
    new MutationObserver(look).observe(element.shadowRoot, { childList: true, subtree: true });
  return sizes;
}

test('the line below a message never changes its size after it was rendered: failed, rejected, blocked, stopped, cut off', async () => {
  const mounted = await mountOpen();
  const sizes = watchEnds(mounted);
  const ends = (['aborted', 'length', 'blocked', 'interrupted', 'error'] as const).map((reason, index) =>
    answer(`ended${1000 + index}`, WORDS, { reason, parentId: DAYS.at(-1)!.id }),
  );
  const refused: PendingMessage = {
    messageId: messageId('refused1'),
    parts: [{ type: 'text', text: 'And?' }],
    createdAtMs: 0,
    state: 'failed',
    error: { code: 'rate-limited', retry: 'after', message: '', ref: 'e_1' },
  };
  const chain = ends.map((one, index) => ({ ...one, parentId: ends[index - 1]?.id ?? one.parentId }));
  await open(mounted, [...DAYS, ...chain], [refused]);
  await vi.waitFor(() => {
    expect([sizes.size, mounted.has('rivulet-sources .sources')]).toEqual([6, true]);
  });
  await mounted.rendered();
  expect([...sizes.values()].filter(({ length }) => length > 1)).toEqual([]);
});
