import { afterEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { schemeOfPage } from './page-scheme.ts';

const root = document.documentElement;

const system = (value: 'light' | 'dark') =>
  cdp().send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });

afterEach(async () => {
  unmountAll();
  root.removeAttribute('style');
  for (const name of ['class', 'data-bs-theme', 'data-theme', 'data-color-mode', 'data-dark-theme'])
    root.removeAttribute(name);
  document.querySelector('meta[name=color-scheme]')?.remove();
  await cdp().send('Emulation.setEmulatedMedia', { features: [] });
});

/** What the parts that are drawn use. */
const shown = ({ find }: Mounted) => {
  const isDark = (place: string) => getComputedStyle(find(place)).colorScheme === 'dark';
  return ['.launcher', '.panel'].map((place) =>
    isDark(place) ? 'dark' : getComputedStyle(find(place)).colorScheme,
  );
};
const shows = (mounted: Mounted, scheme: string) =>
  expect.poll(() => shown(mounted)).toEqual([scheme, scheme]);

test('a page that names both schemes, or none, leaves the choice to the system (W85)', async () => {
  const meta = document.createElement('meta');
  Object.assign(meta, { name: 'color-scheme', content: 'light dark' });
  document.head.append(meta);
  await shows(await mountOpen(), 'light dark');
});

test.each(['dark', 'light'] as const)(
  'a page that says color-scheme: %s is followed against the system, live (W85)',
  async (scheme) => {
    await system(scheme === 'dark' ? 'light' : 'dark');
    root.style.colorScheme = scheme;
    const mounted = await mountOpen();
    await shows(mounted, scheme);
    root.style.colorScheme = scheme === 'dark' ? 'light' : 'dark';
    await shows(mounted, root.style.colorScheme);
    root.style.colorScheme = '';
    await shows(mounted, 'light dark');
  },
);

test('the attribute wins over the page, and a style sheet that is added later is followed (W85)', async () => {
  const mounted = await mountOpen({ theme: 'light' });
  const style = document.head.appendChild(document.createElement('style'));
  style.textContent = ':root { color-scheme: dark }';
  await shows(mounted, 'light');
  mounted.element.removeAttribute('theme');
  await shows(mounted, 'dark');
  style.remove();
  await shows(mounted, 'light dark');
});

test('a page may give the element a scheme of its own (W85)', async () => {
  root.style.colorScheme = 'dark';
  const mounted = await mountOpen();
  mounted.element.style.colorScheme = 'light';
  await shows(mounted, 'light');
});

describe('marks of frameworks', () => {
  test.each([
    [{ class: 'dark' }, 'dark'],
    [{ class: 'no-js theme-dark' }, 'dark'],
    [{ class: 'v-theme--light' }, 'light'],
    [{ 'data-bs-theme': 'dark' }, 'dark'],
    [{ 'data-theme': 'github-dark' }, 'dark'],
    [{ 'data-color-mode': 'light', 'data-dark-theme': 'dark' }, 'light'],
    [{ 'data-color-mode': 'auto', 'data-dark-theme': 'dark' }, undefined],
    [{ class: 'bg-dark highlight' }, undefined],
  ] as const)('%o mean %s (W85)', (marks, scheme) => {
    for (const [name, value] of Object.entries(marks)) root.setAttribute(name, value);
    expect(schemeOfPage(document.body)).toBe(scheme);
  });

  test('the property color-scheme comes before them, unless it names both (W85)', () => {
    root.className = 'dark';
    root.style.colorScheme = 'light';
    expect(schemeOfPage(document.body)).toBe('light');
    root.style.colorScheme = 'light dark';
    expect(schemeOfPage(document.body)).toBe('dark');
  });

  test('a meta element counts for a page that has neither (W85)', () => {
    const meta = document.head.appendChild(document.createElement('meta'));
    Object.assign(meta, { name: 'color-scheme', content: 'dark' });
    expect(schemeOfPage(document.body)).toBe('dark');
  });
});

test('a removed widget follows the page no longer (W85)', async () => {
  const mounted = await mountOpen();
  root.className = 'dark';
  await shows(mounted, 'dark');
  mounted.element.remove();
  await expect.poll(() => mounted.element.shadowRoot?.adoptedStyleSheets.length).toBe(1);
});
