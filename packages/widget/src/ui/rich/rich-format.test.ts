import { expect, it } from 'vitest';
import { formatBytes } from './rich-format.ts';

it.each([
  [1, 'en', '1 byte'],
  [2, 'en', '2 bytes'],
  [2, 'fr', '2 octets'],
  [1400, 'en', '1.4 kB'],
  [10_000_000, 'de', '10 MB'],
])('%d bytes in %s are “%s”', (size, locale, text) => {
  expect(formatBytes(size, locale).replaceAll(/\s/g, ' ')).toBe(text);
});
