import { expect, test } from 'vitest';
import { MarkdownView } from '../index.ts';

test('a rare name of a character is shown as soon as the names have been loaded, also in what had settled', async () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  view.update('&times; &Dcaron;\n\n[a](https://a.example "&ngE;")\n\nend', 'streaming');
  expect(target.textContent).toBe('× &Dcaron;aend');
  await expect.poll(() => target.textContent).toBe('× Ďaend');
  expect(target.querySelector('a')?.title).toContain('≧̸');
  view.update('&times; &Dcaron; &nosuchname; more', 'complete');
  expect(target.textContent).toBe('× Ď &nosuchname; more');
});
