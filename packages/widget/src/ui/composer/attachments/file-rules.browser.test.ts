import { expect, test } from 'vitest';
import { refusalFor, rulesOf, typeNamesOf } from './file-rules.ts';

const FILES = { maxBytes: 1000, mediaTypes: ['image/png', 'image/svg+xml', 'application/pdf', 'text/plain'] };
const file = (name: string, type: string, size = 1) => new File(['x'.repeat(size)], name, { type });

test('before the first welcome the rules of the site apply, and types are left to the gateway', () => {
  expect(rulesOf()).toMatchObject({ maxBytes: 10_000_000, maxFiles: 5, mediaTypes: undefined });
  expect(refusalFor(file('a.svg', 'image/svg+xml'), 0, rulesOf({ accept: 'image/*' }))).toBeUndefined();
});

test('the stricter of two limits applies', () => {
  expect(rulesOf({ maxBytes: 500 }, FILES).maxBytes).toBe(500);
  expect(rulesOf({ maxBytes: 5000 }, FILES).maxBytes).toBe(1000);
  expect(rulesOf({}, FILES).maxBytes).toBe(1000);
});

test.each([
  ['a.png', 'image/png', 1, undefined],
  ['a.txt', 'text/plain;charset=utf-8', 1, undefined],
  ['a.png', 'image/png', 1001, 'too-large'],
  ['a.gif', 'image/gif', 1, 'unsupported'],
  ['a.png', '', 1, 'unsupported'],
] as const)('%s of the type "%s" and %d bytes: %s', (name, type, size, refusal) => {
  expect(refusalFor(file(name, type, size), 0, rulesOf({}, FILES))).toBe(refusal);
});

test.each([
  ['application/pdf', ['PDF']],
  ['image/*', ['PNG', 'SVG']],
  ['.pdf,.txt', ['PDF', 'TXT']],
  ['image/gif,application/pdf', ['PDF']],
  [undefined, ['PNG', 'SVG', 'PDF', 'TXT']],
])('the types of accept="%s" are called %s', (accept, names) => {
  expect(typeNamesOf(rulesOf(accept === undefined ? {} : { accept }, FILES))).toEqual(names);
});

test('a file beyond the maximum count is refused, and so is every file if none are accepted', () => {
  const png = file('a.png', 'image/png');
  expect(refusalFor(png, 2, rulesOf({ maxFiles: 2 }, FILES))).toBe('busy');
  expect(refusalFor(png, 0, rulesOf({ accept: 'image/*' }, null))).toBe('unsupported');
  expect(typeNamesOf(rulesOf({ accept: 'image/*' }, null))).toEqual([]);
});
