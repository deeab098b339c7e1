import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(unmountAll);

async function mountScaled(scale: string): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.element.configure({ theme: { tokens: { 'text-scale': scale } } });
  mounted.chat.setMessages([
    userMessage('question', 'Why does everything take so long?'),
    answer('answer01', '| a | b |\n|---|---|\n| one | two |\n\nBecause.', { reason: 'stop' }),
  ]);
  await mounted.rendered();
  return mounted;
}

test('text is as large as the page says, with its buttons (states)', async () => {
  const { find } = await mountScaled('1');
  const height = (place: string) => find(place).getBoundingClientRect().height;
  const places = ['.markdown p', '.title', '.send'];
  const before = places.map(height);
  unmountAll();
  const { find: again } = await mountScaled('150%');
  const after = places.map((place) => again(place).getBoundingClientRect().height);
  expect(after.map((value, index) => Math.round((value / (before[index] ?? 1)) * 10) / 10)).toEqual([
    1.5, 1.5, 1.5,
  ]);
});

test.each([360, 1000])(
  'at twice the size nothing is cut off in a window of %i px (states)',
  async (width) => {
    await page.viewport(width, 760);
    const { find } = await mountScaled('2');
    const panel = find('.panel').getBoundingClientRect();
    for (const place of ['.header', '.composer', '.send', 'textarea', '.body', '.title']) {
      const { left, right, bottom } = find(place).getBoundingClientRect();
      expect([place, left >= panel.left, right <= panel.right + 1, bottom <= panel.bottom + 1]).toEqual([
        place,
        true,
        true,
        true,
      ]);
    }
    expect(find('.scroller').scrollWidth).toBe(find('.scroller').clientWidth);
  },
);

test('a message that is sent at twice the size goes to the top (states)', async () => {
  const { chat, find, rendered } = await mountScaled('2');
  await chat.sendMessage('And now?');
  await rendered();
  const top = () => find('rivulet-message:last-of-type').getBoundingClientRect().top;
  const messages = () => [...find('.content').querySelectorAll('rivulet-message')];
  await expect
    .poll(
      () =>
        (messages().at(-1)?.getBoundingClientRect().top ?? top()) -
        find('.scroller').getBoundingClientRect().top,
    )
    .toBeLessThan(60);
});
