import { expect, it } from 'vitest';
import { randomBytes } from './random.ts';

it('returns the length that is asked for, whatever is left of the pool', () => {
  for (const length of [0, 1, 16, 4_000, 100, 4_096, 4_097, 10_000, 16])
    expect(randomBytes(length)).toHaveLength(length);
});

it('never returns the same bytes twice, also when the pool is filled again', () => {
  const seen = new Set<string>();
  for (let count = 0; count < 2_000; count += 1) seen.add(Buffer.from(randomBytes(12)).toString('hex'));
  expect(seen.size).toBe(2_000);
});

it('returns bytes of their own, which a later call does not change', () => {
  const first = randomBytes(16);
  const copy = Uint8Array.from(first);
  for (let count = 0; count < 1_000; count += 1) randomBytes(16);
  expect(first).toEqual(copy);
});
