/** Pages whose styles and landmarks would reach into the widget, or whose print it would cover. */
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cdp, page } from 'vitest/browser';
import { FakeRequest } from '../ui/testing/fake-request.ts';
import { CONVERSATION_STATES } from '../ui/testing/states.ts';
import { SIDE_STATES } from '../ui/testing/side-states.ts';
import { mountOpen, unmountAll, type Mounted } from '../ui/testing/mount.ts';

const pageStyle = document.createElement('style');
const pageContent = document.createElement('div');

beforeEach(async () => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  await page.viewport(1024, 768);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  unmountAll();
  pageStyle.remove();
  pageContent.remove();
  await cdp().send('Emulation.setEmulatedMedia', { media: '' });
});

const withStyle = async (css: string, attributes = {}): Promise<Mounted> => {
  pageStyle.textContent = css;
  document.head.append(pageStyle);
  return mountOpen(attributes);
};

const INHERITED = `
  white-space: nowrap; word-break: break-all; word-spacing: 9px; letter-spacing: 4px; text-indent: 40px; line-height: 3;
  text-shadow: 0 0 9px red; -webkit-text-fill-color: red; text-transform: uppercase; text-align: right; font: italic 40px serif;
  font-variant: small-caps; visibility: hidden; cursor: wait; user-select: none; pointer-events: none; hyphens: auto;
  list-style: square; tab-size: 1; writing-mode: vertical-rl; color: red; caret-color: red; text-wrap: nowrap`;
const PLACES = ['.launcher', '.panel', '.title', '.content', 'textarea', '.header .icon-button'];
/** All computed values of the places in the widget. */
const computed = ({ find }: Mounted) =>
  PLACES.map((place) => {
    const style = getComputedStyle(find(place));
    return [...style].map((name) => `${place} ${name}: ${style.getPropertyValue(name)}`);
  }).flat();

describe.each(['html', 'body', 'rivulet-chat', '*'])('styles that a page sets on %s', (selector) => {
  test.each(['', '!important'])('are not inherited by the widget %s (W82)', async (important) => {
    const before = computed(await mountOpen({ theme: 'light' }));
    unmountAll();
    const css = `${selector} { ${INHERITED.replaceAll(';', `${important};`)} }`;
    expect(computed(await withStyle(css, { theme: 'light' }))).toEqual(before);
  });
});

test('direction, colour scheme and custom properties of the page still reach the widget (W82)', async () => {
  const { find } = await withStyle('body { direction: rtl; --rivulet-radius: 3px }', { theme: 'dark' });
  const style = (place: string) => getComputedStyle(find(place));
  expect(style('.launcher').direction).toBe('rtl');
  expect([style('.launcher').colorScheme, style('.panel').colorScheme]).toEqual(['dark', 'dark']);
  expect(style('.panel').borderTopLeftRadius).toBe('3px');
});

test('launcher and panel can be clicked while the page takes pointer events from its body (W53)', async () => {
  const { element, find } = await withStyle('body { pointer-events: none }');
  const isHit = (place: string) => {
    const { x, y, width, height } = find(place).getBoundingClientRect();
    const root = find(place).getRootNode() as ShadowRoot;
    return find(place).contains(root.elementFromPoint(x + width / 2, y + height / 2));
  };
  expect(['.panel', 'textarea'].filter((place) => !isHit(place))).toEqual([]);
  element.close();
  await vi.waitFor(() => {
    expect(isHit('.launcher')).toBe(true);
  });
});

test('a floating panel is not printed over the page, an inline one is printed (W86)', async () => {
  const floating = await mountOpen();
  const inline = await mountOpen({ mode: 'inline' });
  await cdp().send('Emulation.setEmulatedMedia', { media: 'print' });
  const display = ({ find }: Mounted, place: string) => getComputedStyle(find(place)).display;
  expect([display(floating, '.panel'), display(floating, '.launcher')]).toEqual(['none', 'none']);
  expect(display(inline, '.panel')).toBe('flex');
});

const STATES = { ...CONVERSATION_STATES, ...SIDE_STATES };

describe('a page with a banner, a navigation and a main landmark of its own', () => {
  test.each(Object.keys(STATES))('has no landmark twice beside the state %s', async (name) => {
    pageContent.replaceChildren(...['header', 'nav', 'main'].map((tag) => document.createElement(tag)));
    for (const child of pageContent.children) child.append('Shop');
    pageContent.lastElementChild?.append(Object.assign(document.createElement('h1'), { textContent: 'A' }));
    document.body.prepend(pageContent);
    await STATES[name]?.({ theme: 'light' });
    const { violations } = await axe.run(document, {
      runOnly: ['cat.semantics', 'cat.keyboard', 'cat.structure'],
    });
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
  });
});
