/** Damages a value at random, to test that a hand-written reader rejects exactly what its schema rejects. */
import type { Random } from './random-value.ts';

/** Replacements that a field is unlikely to allow, and ids and states that some fields do. */
const ODD_VALUES = [
  undefined,
  null,
  0,
  -1,
  1.5,
  Infinity,
  '',
  'x',
  'm_12345678.0',
  'm_12345678.01',
  'running',
  [],
  {},
  [[]],
  { type: 'x' },
  { type: 7 },
  true,
];

/**
 * Returns the value with one field, at any depth, removed or replaced. The `type` of each object is kept. The result may be
 * valid.
 */
export function damage(value: object, random: Random): unknown {
  const keys = Object.keys(value);
  const key = keys[Math.floor(random() * keys.length)];
  if (key === undefined || key === 'type') return value;
  const before: unknown = (value as Record<string, unknown>)[key]; // a key of this object
  const inner =
    typeof before !== 'object' || before === null || random() < 0.3
      ? ODD_VALUES[Math.floor(random() * ODD_VALUES.length)]
      : damage(before, random);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? inner : item));
  return random() < 0.2
    ? Object.fromEntries(Object.entries(value).filter(([one]) => one !== key))
    : { ...value, [key]: inner };
}
