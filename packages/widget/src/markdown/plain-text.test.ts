import { expect, test, vi } from 'vitest';
import { loadRare, plainText, withPlainText } from './index.ts';

const SOME =
  '# Title\n\nSome **bold** [link](https://a.example) and\nnext line.\n\n' +
  '3. three\n4. four\n   - [x] inner\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x;\n```\n\n---\n\nend';
const SOME_TEXT =
  'Title\n\nSome bold link and\nnext line.\n\n3. three\n4. four\ninner\n\nquote\n\na, b\n1, 2\n\nlet x;\n\nend';

test('plain text with rare syntax is passed on once that is loaded, any other at once', async () => {
  const use = vi.fn();
  withPlainText('a &amp; b', use);
  withPlainText(SOME, use);
  expect(use.mock.calls).toEqual([[SOME_TEXT]]);
  await vi.waitFor(() => {
    expect(use.mock.lastCall).toEqual(['a & b']);
  });
});

test('plain text keeps the text and drops the syntax', async () => {
  await loadRare();
  expect(plainText(`${SOME} &amp; over ![a cat](b.png)`)).toBe(`${SOME_TEXT} & over a cat`);
});
