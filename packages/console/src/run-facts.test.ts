import { RunSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { factsOf, refOf } from './run-facts.ts';
import { formatDuration } from './format.ts';

const run = (more: object) =>
  v.parse(RunSchema, { id: 'r_0123456789abcdef', state: 'finished', startedAtMs: 1_000, ...more });

describe('the facts of an answer', () => {
  it('are how it ended, what it took, and the ref of its log lines', () => {
    const facts = factsOf(
      run({ finishedAtMs: 4_200, reason: 'length', usage: { inputTokens: 7, outputTokens: 3 } }),
    );
    expect(facts.map(([name]) => name)).toEqual(['State', 'Took', 'Started', 'Tokens', 'Ref']);
    expect(Object.fromEntries(facts)).toMatchObject({
      Took: '3.2 s',
      Tokens: '7 in, 3 out',
      Ref: '01234567',
    });
  });

  it('name the error and its own ref', () => {
    const failed = run({
      reason: 'error',
      error: { code: 'upstream', message: 'm', retry: 'no', ref: 'abc' },
    });
    expect(refOf(failed)).toBe('abc');
    expect(factsOf(failed)).toContainEqual(['Ref', 'abc']);
  });
});

it.each([
  [850, '850 ms'],
  [3_240, '3.2 s'],
  [245_000, '4 min 5 s'],
])('%d ms are written as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
