import { expect, it } from 'vitest';
import { isJsonEqual } from './json-equal.ts';

const values = [
  null,
  0,
  1,
  '',
  '0',
  false,
  true,
  [],
  {},
  [0],
  [1],
  [0, 1],
  { a: 0 },
  { b: 0 },
  { a: 0, b: 0 },
  { a: [{}] },
];

it.each(values.map((value, index) => [value, index] as const))(
  '%j is the same as its copy and no other',
  (value, index) => {
    const same = values.map((other) => isJsonEqual(value, JSON.parse(JSON.stringify(other))));
    expect(same).toEqual(values.map((_, other) => other === index));
  },
);

it('does not count the order of keys', () => {
  expect(isJsonEqual({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
});
