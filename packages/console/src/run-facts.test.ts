import { RunSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { factsOf, refOf, sumOfCosts, totalsOf } from './run-facts.ts';
import { formatDuration } from './format.ts';

const run = (more: object) =>
  v.parse(RunSchema, { id: 'r_0123456789abcdef', state: 'finished', startedAtMs: 1_000, ...more });

describe('the facts of an answer', () => {
  it('are how it ended, what it took, and the ref of its log lines', () => {
    const facts = factsOf(
      run({ finishedAtMs: 4_200, reason: 'length', usage: { inputTokens: 7, outputTokens: 3 } }),
      undefined,
    );
    expect(facts.map(([name]) => name)).toEqual(['State', 'Tokens', 'Took', 'Started', 'Ref']);
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
    expect(factsOf(failed, undefined)).toContainEqual(['Ref', 'abc']);
  });
});

describe('the facts that the gateway has kept', () => {
  const kept = {
    ...{
      messageId: 'm_1',
      ref: '01234567',
      upstream: 'b.example large',
      model: 'large',
      attempts: 2,
      toolCalls: 3,
    },
    asked: [
      {
        name: 'a.example small',
        model: 'small',
        requests: 2,
        failed: 2,
        error: 'upstream-timeout',
        status: 503,
      },
      { name: 'b.example large', model: 'large', requests: 1, failed: 0 },
    ],
    ...{ costPico: 3_100_000_000, queuedMs: 1_500, firstDeltaMs: 900, totalMs: 4_200 },
    usage: { inputTokens: 1_000, outputTokens: 30, cachedInputTokens: 800, reasoningTokens: 20 },
  };
  const ended = run({ finishedAtMs: 9_000, reason: 'stop' });

  it('say who wrote the answer, what it cost, what failed before, and how long it took', () => {
    expect(Object.fromEntries(factsOf(ended, kept))).toMatchObject({
      Model: 'large',
      Cost: '0.0031',
      Tokens: '1,000 (800 cached) in, 30 (20 reasoning) out',
      'Tool calls': '3',
      Took: '4.2 s',
      'First word after': '900 ms',
      'Waited for its turn': '1.5 s',
      'Failed request': 'a.example small: 2 of 2 (upstream-timeout, 503)',
      'Gateways that worked on it': '2',
    });
  });

  it('say that a cost is not known, and that tokens are estimated', () => {
    const { costPico: _costPico, ...rest } = kept;
    const usage = { inputTokens: 5, outputTokens: 1, isEstimated: true as const };
    expect(Object.fromEntries(factsOf(ended, { ...rest, usage }))).toMatchObject({
      Cost: 'Not known',
      Tokens: '5 in, 1 out, estimated',
    });
  });

  it('add up, with the answers whose cost is not known beside the sum', () => {
    const { costPico: _costPico, ...unpriced } = kept;
    const totals = totalsOf([kept, kept, unpriced]);
    expect(totals).toEqual({ costPico: 6_200_000_000, unpriced: 1, inputTokens: 3_000, outputTokens: 90 });
    expect(sumOfCosts(totals.costPico, totals.unpriced)).toBe('0.0062, 1 without a known cost');
    expect([sumOfCosts(null, 0), sumOfCosts(null, 2), sumOfCosts(0, 0)]).toEqual([
      undefined,
      '2 without a known cost',
      '0.00',
    ]);
  });
});

it.each([
  [850, '850 ms'],
  [3_240, '3.2 s'],
  [245_000, '4 min 5 s'],
])('%d ms are written as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
