import { expect, test } from 'vitest';
import { screenReaderText } from './screen-reader-text.ts';

test('a short answer is said in words, without the marks of its Markdown', () => {
  expect(screenReaderText('**Yes**, see [the page](https://example.com).\n\n- one', undefined)).toBe(
    'Yes, see the page. one',
  );
});

test('a long answer, an empty one, and any where the site wants it so, is only announced', () => {
  expect(screenReaderText('word '.repeat(200), 'text')).toBeNull();
  expect(screenReaderText('', 'text')).toBeNull();
  expect(screenReaderText('Yes.', 'ready')).toBeNull();
});
