/** Links of an answer to pages of the site. */
import { afterEach, expect, test } from 'vitest';
import { defineElements } from '../app/define-elements.ts';
import { en } from '../i18n/core/en.ts';
import type { AnswerOptions } from './answer-options.ts';
import { siteLink } from './site-link.ts';

defineElements();
afterEach(() => {
  document.body.replaceChildren();
  document.querySelector('base')?.remove();
});

async function linkIn(text: string, options: AnswerOptions = {}): Promise<HTMLAnchorElement | null> {
  const answer = document.createElement('rivulet-markdown');
  Object.assign(answer, { text, state: 'complete', strings: en, options });
  document.body.append(answer);
  await answer.updateComplete;
  return answer.querySelector('a');
}

test('a relative link leads to the page of the site, and names no host (W16)', async () => {
  const link = await linkIn('[Returns](/returns)');
  expect([link?.href, link?.target]).toEqual([`${location.origin}/returns`, '_blank']);
  expect([link?.title, link?.dataset.host]).toEqual(['', undefined]);
  expect((await linkIn('[guide](sizes.html)'))?.href).toBe(new URL('sizes.html', location.href).href);
});

test('a relative link follows the base of the page, or the one that the site sets (W16)', async () => {
  const base = document.createElement('base');
  base.href = 'https://shop.example/de/';
  document.head.append(base);
  expect((await linkIn('[guide](sizes.html)'))?.href).toBe('https://shop.example/de/sizes.html');
  const set = { linkBase: 'https://help.example/a/' };
  expect((await linkIn('[x](../b)', set))?.href).toBe('https://help.example/b');
});

test('a link to a place on the page stays on it, in the same tab, whatever the base is (W16)', async () => {
  const base = document.createElement('base');
  base.href = '/other/';
  document.head.append(base);
  const link = await linkIn('[x](#faq)');
  expect([link?.href, link?.target]).toEqual([`${location.href.split('#')[0]}#faq`, '']);
});

test.each([
  'javascript:alert(1)',
  'JaVa&#115;cript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc',
])('a destination that could run code or read files stays refused: %s (W16)', async (destination) => {
  expect(await linkIn(`[x](<${destination}>)`)).toBeNull();
  expect(await linkIn(`[x](<${destination}>)`, { linkBase: 'https://a.example' })).toBeNull();
});

test('an absolute link and a host without a scheme are kept (W16)', () => {
  expect(siteLink('https://a.example/x', 'https://b.example')).toBe('https://a.example/x');
  expect(siteLink('mailto:a@b.example', undefined)).toBe('mailto:a@b.example');
  expect(siteLink('www.a.example/x', undefined)).toBe('https://www.a.example/x');
});

test('a site may have its answers read as CommonMark (W11)', async () => {
  await linkIn('a\nb', { markdown: 'commonmark' });
  expect(document.querySelector('br')).toBeNull();
  await linkIn('a\nb');
  expect(document.querySelector('br')).not.toBeNull();
});
