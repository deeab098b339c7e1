import { expect, test } from 'vitest';
import { loadRare, MarkdownView } from '../index.ts';

test('text before a character reference is shown at once, the rest and what needs it in links once the reader of references is loaded', async () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  view.update('fish &amp; chips\n\n[a](https://a.example/?a&amp;b "&lt;")\n\nend', 'streaming');
  expect(target.textContent).toBe('fishaend');
  await expect.poll(() => target.textContent).toBe('fish & chipsaend');
  const link = target.querySelector('a');
  expect([link?.href, link?.title]).toEqual(['https://a.example/?a&b', '<']);
});

test('a rare character name is rendered once the names are loaded, even in settled text', async () => {
  await loadRare();
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  view.update('&times; &Dcaron;\n\n[a](https://a.example "&ngE;")\n\nend', 'streaming');
  expect(target.textContent).toBe('× &Dcaron;aend');
  await expect.poll(() => target.textContent).toBe('× Ďaend');
  expect(target.querySelector('a')?.title).toContain('≧̸');
  view.update('&times; &Dcaron; &nosuchname; more', 'complete');
  expect(target.textContent).toBe('× Ď &nosuchname; more');
});
