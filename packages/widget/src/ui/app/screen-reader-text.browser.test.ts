import { expect, test } from 'vitest';
import { screenReaderText } from './screen-reader-text.ts';

test('a short answer is announced on one line', () => {
  expect(screenReaderText('Yes, see the page.\n\none ', undefined)).toBe('Yes, see the page. one');
});

test('long answers, empty answers and all answers of sites with `readOut: ready` are not read out', () => {
  expect(screenReaderText('word '.repeat(200), 'text')).toBeNull();
  expect(screenReaderText('', 'text')).toBeNull();
  expect(screenReaderText('Yes.', 'ready')).toBeNull();
});
