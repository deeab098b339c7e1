import { expect, test } from 'vitest';
import { wordsToSay } from './screen-reader-text.ts';

test('a short answer is said in words, without the marks of its Markdown', () => {
  expect(wordsToSay('**Yes**, see [the page](https://example.com).\n\n- one', undefined)).toBe(
    'Yes, see the page. one',
  );
});

test('a long answer, an empty one, and any where the site wants it so, is only announced', () => {
  expect(wordsToSay('word '.repeat(200), 'text')).toBeNull();
  expect(wordsToSay('', 'text')).toBeNull();
  expect(wordsToSay('Yes.', 'ready')).toBeNull();
});
