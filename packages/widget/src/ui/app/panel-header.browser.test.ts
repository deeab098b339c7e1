import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(async () => {
  unmountAll();
  vi.restoreAllMocks();
  await page.viewport(1000, 700);
});

test('the visitor enlarges a floating panel, and restores its size with the same button', async () => {
  await page.viewport(1200, 800);
  const { find, rendered } = await mountOpen();
  const button = find('[data-opens=enlarge]');
  const widths: unknown[] = [];
  for (let press = 0; press < 2; press += 1) {
    button.click();
    await rendered();
    widths.push(find('.panel').offsetWidth, button.getAttribute('aria-pressed'));
  }
  expect(widths).toEqual([800, 'true', 408, 'false']);
});

test('on a phone the panel has its largest size already, and no button for it', async () => {
  await page.viewport(390, 760);
  const { find } = await mountOpen();
  expect(find('[data-opens=enlarge]').checkVisibility()).toBe(false);
});

test('a floating panel has one button that closes it, and one for a new conversation', async () => {
  await page.viewport(1200, 800);
  const { element } = await mountOpen();
  const names = [...(element.shadowRoot?.querySelectorAll('button') ?? [])]
    .filter((button) => button.checkVisibility({ visibilityProperty: true }))
    .map((button) => button.getAttribute('aria-label'));
  expect(names.filter((name) => /close|new/i.test(name ?? ''))).toEqual(['New conversation', 'Close chat']);
});

test('on a touch device the opened panel does not raise the keyboard: the list has the focus', async () => {
  const real = window.matchMedia.bind(window);
  vi.spyOn(window, 'matchMedia').mockImplementation((query) =>
    real(query.includes('hover: none') ? 'all' : query),
  );
  const { focused, find } = await mountOpen();
  await vi.waitFor(() => {
    expect(focused()).toBe(find('.scroller'));
  });
});
