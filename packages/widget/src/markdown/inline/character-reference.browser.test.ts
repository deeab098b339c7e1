import { expect, test } from 'vitest';
import { MarkdownView } from '../index.ts';

test('a rare character name is rendered once the names are loaded, even in settled text', async () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  view.update('&times; &Dcaron;\n\n[a](https://a.example "&ngE;")\n\nend', 'streaming');
  expect(target.textContent).toBe('× &Dcaron;aend');
  await expect.poll(() => target.textContent).toBe('× Ďaend');
  expect(target.querySelector('a')?.title).toContain('≧̸');
  view.update('&times; &Dcaron; &nosuchname; more', 'complete');
  expect(target.textContent).toBe('× Ď &nosuchname; more');
});
