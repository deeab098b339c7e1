/** Pages whose body contains elements with a fixed position. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { audit, mountClosed, mountOpen, unmountAll } from '../testing/mount.ts';

const long = document.createElement('div');
long.style.height = '5000px';

beforeEach(async () => {
  await page.viewport(1024, 768);
  document.body.append(long);
});
afterEach(() => {
  unmountAll();
  long.remove();
  document.body.removeAttribute('style');
  scrollTo(0, 0);
});
const isAtEdge = (box: Element) => {
  const { bottom, right } = box.getBoundingClientRect();
  return bottom <= innerHeight && bottom > innerHeight - 60 && right <= innerWidth && right > innerWidth - 60;
};

test.each([
  'transform: translateZ(0)',
  'filter: grayscale(1)',
  'backdrop-filter: blur(1px)',
  'perspective: 9px',
  'translate: 0 0',
  'contain: content',
  'will-change: transform',
])(
  'the launcher and the panel stay at the edge of the viewport while the body has %s (W87)',
  async (style) => {
    document.body.setAttribute('style', `${style}; margin: 0`);
    const { element, find } = mountClosed();
    await element.stop();
    await vi.waitFor(() => {
      expect(isAtEdge(find('.launcher'))).toBe(true);
    });
    scrollTo(0, 2000);
    element.open();
    await vi.waitFor(() => {
      expect([isAtEdge(find('.launcher')), isAtEdge(find('.panel'))]).toEqual([true, true]);
    });
    expect(await audit(element)).toEqual([]);
  },
);

test('a widget that a page has moved to another body is back in the top layer (W87)', async () => {
  document.body.setAttribute('style', 'transform: translateZ(0); margin: 0');
  const { element, find } = await mountOpen();
  await vi.waitFor(() => {
    expect(element.matches(':popover-open')).toBe(true);
  });
  document.body.prepend(element);
  await vi.waitFor(() => {
    expect(isAtEdge(find('.launcher'))).toBe(true);
  });
});

test('on other pages the widget is not in the top layer, and its z-index counts (W87)', async () => {
  const { element } = await mountOpen();
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  expect(element.hasAttribute('popover')).toBe(false);
});
