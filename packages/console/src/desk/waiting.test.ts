import { expect, it } from 'vitest';
import { dueOf, formatWait } from './waiting.ts';

const MINUTE = 60_000;

it.each([
  [-5_000, '< 1 min'],
  [59_999, '< 1 min'],
  [MINUTE, '1 min'],
  [59 * MINUTE, '59 min'],
  [125 * MINUTE, '2 h 5 min'],
  [26 * 60 * MINUTE, '1 d 2 h'],
])('a wait of %d ms is %s', (ms, text) => {
  expect(formatWait(ms)).toBe(text);
});

it('what is due says until when, and what is late since when', () => {
  const dueMs = 10 * MINUTE;
  expect(dueOf({}, 0)).toBeUndefined();
  expect(dueOf({ dueMs }, 6 * MINUTE)).toEqual({ text: 'Due in 4 min', isLate: false });
  expect(dueOf({ dueMs }, 13 * MINUTE)).toEqual({ text: 'Late by 3 min', isLate: true });
});
