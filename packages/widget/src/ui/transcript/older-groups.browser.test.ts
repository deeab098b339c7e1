import { beforeEach, afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { GROUP_SIZE } from './transcript-items.ts';

beforeEach(() => page.viewport(1000, 700));
afterEach(unmountAll);

const GROUPS = 30;

async function openLong(): Promise<Mounted> {
  const mounted = await mountOpen();
  const messages = Array.from({ length: GROUPS * GROUP_SIZE }, (_, index) => {
    const parentId = index === 0 ? null : answer(`name${9_999 + index}`, '').id;
    return userMessage(`name${10_000 + index}`, `Number ${index}.`, parentId);
  });
  mounted.chat.setMessages(messages);
  await mounted.rendered();
  return mounted;
}

const groupsOf = ({ element }: Mounted) => [
  ...(element.shadowRoot?.querySelectorAll<HTMLElement>('.group') ?? []),
];
/** Indexes of the rendered groups. */
const drawn = (mounted: Mounted) =>
  groupsOf(mounted).flatMap(({ dataset }, index) => (dataset.later === undefined ? [index] : []));
const from = (start: number) => Array.from({ length: GROUPS - start }, (_, index) => start + index);

test('a long conversation renders its end at once and five hundred messages when idle, and no more', async () => {
  const mounted = await openLong();
  expect(drawn(mounted)).toEqual(from(GROUPS - 2));
  await vi.waitFor(() => {
    expect(drawn(mounted)).toEqual(from(GROUPS - 10));
  });
  for (let count = 0; count < 3; count += 1) await new Promise((resolve) => requestIdleCallback(resolve));
  expect(drawn(mounted)).toEqual(from(GROUPS - 10));
});

test('groups that come near the viewport are rendered, and groups that are scrolled past are not', async () => {
  const mounted = await openLong();
  await vi.waitFor(() => {
    expect(drawn(mounted)).toEqual(from(GROUPS - 10));
  });
  groupsOf(mounted)[5]!.scrollIntoView();
  await vi.waitFor(() => {
    expect(mounted.find('.scroller').textContent).toContain(`Number ${5 * GROUP_SIZE}.`);
  });
  expect(drawn(mounted).filter((index) => index > 6 && index < GROUPS - 10)).toEqual([]);
});

test('a group is rendered when it stays in view, regardless of what is rendered meanwhile', async () => {
  const mounted = await openLong();
  const scroller = mounted.find('.scroller');
  for (const index of [20, 12, 3, 0]) {
    groupsOf(mounted)[index]!.scrollIntoView();
    await vi.waitFor(() => {
      expect(drawn(mounted)).toContain(index);
    });
  }
  scroller.scrollTop = 0;
  await vi.waitFor(() => {
    expect(mounted.find('.message').getBoundingClientRect().top).toBeGreaterThan(0);
    expect(mounted.find('.words').textContent).toBe('Number 0.');
  });
});

test('while an answer streams, only groups near the viewport are rendered', async () => {
  const mounted = await openLong();
  mounted.chat.set({ isAnswering: true });
  await mounted.rendered();
  const before = drawn(mounted);
  for (let count = 0; count < 3; count += 1) await new Promise((resolve) => requestIdleCallback(resolve));
  expect(drawn(mounted)).toEqual(before);
});
