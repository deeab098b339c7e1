import { page } from 'vitest/browser';
import { afterEach, expect, test, vi } from 'vitest';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(async () => {
  unmountAll();
  await page.viewport(1000, 700);
});

const boxOf = (element: HTMLElement) => {
  for (const animation of element.getAnimations()) animation.finish();
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [left, top, right, bottom];
};

test.each([
  ['a phone', 360, 640],
  ['a phone on its side', 844, 390],
  ['a laptop at 400 %', 320, 256],
])('on %s an open panel covers the page, which does not scroll behind it', async (_name, width, height) => {
  await page.viewport(width, height);
  const { element, find, rendered } = await mountOpen();
  await rendered();
  await vi.waitFor(() => {
    expect(document.documentElement.style.overflow).toBe('hidden');
  });
  expect(boxOf(find('.panel'))).toEqual([0, 0, width, height]);
  expect(getComputedStyle(find('.launcher')).visibility).toBe('hidden');
  element.close();
  await rendered();
  expect(document.documentElement.style.overflow).toBe('');
});

test.each([
  ['a small window', 640, 440],
  ['a laptop', 1366, 657],
])('on %s it stands in the corner, in place of its launcher', async (_name, width, height) => {
  await page.viewport(width, height);
  const { find, rendered } = await mountOpen();
  await rendered();
  const [left, top, right, bottom] = boxOf(find('.panel')) as [number, number, number, number];
  expect([left > 0, top > 0, right < width, bottom < height]).toEqual([true, true, true, true]);
  expect(getComputedStyle(find('.launcher')).visibility).toBe('hidden');
  expect(document.documentElement.style.overflow).toBe('');
});
