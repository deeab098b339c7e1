import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  MessageIdSchema,
  PartIdSchema,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  mintRunId,
  partIdOf,
  splitPartId,
} from './ids.ts';
import { createRandom } from '../testing/random-value.ts';

const random = createRandom(1);
const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));

describe('ids', () => {
  it.each([
    ['c', mintConversationId],
    ['m', mintMessageId],
    ['r', mintRunId],
    ['q', mintCommandId],
  ] as const)('minted with the prefix %s are 16 characters of the pattern', (prefix, mint) => {
    expect(mint(bytes)).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{14}$`));
  });

  it('use every letter equally often: each byte below 248 is one of 62 letters, four times', () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 248; byte += 1) {
      const letter = mintMessageId((length) => new Uint8Array(length).fill(byte)).charAt(2);
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    expect(new Set(counts.values())).toEqual(new Set([4]));
  });

  it('draw bytes of 248 and above again, which would favour low letters', () => {
    const draws = [new Uint8Array(14).fill(255), new Uint8Array(14).fill(248), new Uint8Array(14).fill(61)];
    expect(mintMessageId(() => draws.shift() ?? new Uint8Array(14))).toBe(`m_${'z'.repeat(14)}`);
  });

  it.each([
    'm_1234567',
    `m_${'x'.repeat(65)}`,
    'c_12345678',
    'm_1234567 ',
    'm_12345678\n',
    'm_1234567é',
    'm_12345678.0',
    '',
    7,
  ])('refuse %j as a message id', (value) => {
    expect(v.is(MessageIdSchema, value)).toBe(false);
  });
});

describe('part ids', () => {
  it('split into what they were made of', () => {
    for (const index of [0, 1, 9, 10, 9999]) {
      const messageId = mintMessageId(bytes);
      expect(splitPartId(partIdOf(messageId, index))).toEqual({ messageId, index });
    }
  });

  it.each([
    'm_12345678',
    'm_12345678.',
    'm_12345678.01',
    'm_12345678.10000',
    'm_12345678.-1',
    'm_12345678.0.0',
  ])('refuse %j: one part has one name', (value) => {
    expect(v.is(PartIdSchema, value)).toBe(false);
  });
});
