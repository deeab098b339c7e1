import { expect, test } from 'vitest';
import { plainText } from './index.ts';

test('plain text keeps the text and drops the syntax', () => {
  const markdown =
    '# Title\n\nSome **bold** [link](https://a.example) and ![a cat](b.png)\nnext line.\n\n' +
    '3. three\n4. four\n   - [x] inner\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x;\n```\n\n---\n\nend &amp; over';
  expect(plainText(markdown)).toBe(
    'Title\n\nSome bold link and a cat\nnext line.\n\n3. three\n4. four\ninner\n\nquote\n\na, b\n1, 2\n\nlet x;\n\nend & over',
  );
});
