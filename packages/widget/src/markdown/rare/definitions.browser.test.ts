import { expect, test } from 'vitest';
import { MarkdownView } from '../index.ts';

test('a definition is never shown, and the links that use it are there once the reader of definitions is loaded', async () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  view.update('See [the page][1].\n\n[1]: https://a.example/b "B"\n\nend', 'streaming');
  expect(target.textContent).toBe('See [the page][1].end');
  await expect.poll(() => target.textContent).toBe('See the page.end');
  const link = target.querySelector('a');
  expect([link?.href, link?.title]).toEqual(['https://a.example/b', 'B']);
});
