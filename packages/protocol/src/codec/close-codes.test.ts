import { describe, expect, it } from 'vitest';
import { CLOSE_CODES, closeReasonOf, comeBackAfter, type CloseReason } from './close-codes.ts';

const names = Object.keys(CLOSE_CODES) as CloseReason[]; // Object.keys forgets the key type

describe('close codes', () => {
  it.each(names)('%s is found by its number', (name) => {
    expect(closeReasonOf(CLOSE_CODES[name])).toBe(name);
  });

  it('are all different', () => {
    expect(new Set(Object.values(CLOSE_CODES)).size).toBe(names.length);
  });

  it('say by their range whether to come back', () => {
    const by = (way: string) => names.filter((name) => comeBackAfter(CLOSE_CODES[name]) === way);
    expect(by('now')).toEqual(['drain', 'slow', 'rebalance']);
    expect(by('backoff')).toEqual([
      'internal',
      'heartbeat',
      'rate-limited',
      'hello-timeout',
      'proof-required',
    ]);
    expect(by('never')).toHaveLength(names.length - 8);
  });

  it.each([1002, 1003, 1007, 1009])('do not bring a client back after %i: its frame was refused', (code) => {
    expect(comeBackAfter(code)).toBe('never');
  });

  it.each([1000, 1001, 1006, 1011, 3999, 4100, 4399, 4600])(
    'bring a client back with backoff after %i',
    (code) => {
      expect(comeBackAfter(code)).toBe('backoff');
      expect(closeReasonOf(code)).toBeUndefined();
    },
  );
});
