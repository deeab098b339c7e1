import { describe, expect, it } from 'vitest';
import { KNOWN_PRICES } from './known-prices.ts';
import { costPicoOf, createPriceList, PICOS } from './prices.ts';

describe('the prices of models', () => {
  it.each([
    ['gpt-5-mini-2025-08-07', 'gpt-5-mini'],
    ['openai/gpt-4o', 'gpt-4o'],
    ['gpt-4-0613', 'gpt-4'],
    ['GPT-4.1', 'gpt-4.1'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['claude-3-7-sonnet-latest', 'claude-3-7-sonnet'],
    ['claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    ['gemini-3.1-pro-preview', 'gemini-3.1-pro'],
    ['gemini-2.5-flash-preview-09-25', 'gemini-2.5-flash'],
    ['grok-code-fast-1', 'grok-code-fast-1'],
  ])('of %s are those of %s', (model, known) => {
    expect(createPriceList()(model)).toBe(KNOWN_PRICES[known]);
  });

  it.each(['my-model', 'gpt-5-turbo', 'llama3.2', 'constructor', ''])('of %j are not known', (model) => {
    expect(createPriceList()(model)).toBeUndefined();
  });

  it('that are configured replace the known ones, by the exact name', () => {
    const priceOf = createPriceList({ 'gpt-4o': { input: 1, output: 2 } });
    expect(priceOf('gpt-4o')).toEqual({ input: 1, output: 2 });
    expect(priceOf('gpt-4o-mini')).toBe(KNOWN_PRICES['gpt-4o-mini']);
  });

  it('are exact in sums: a thousand times a third of a cent is no rounded number', () => {
    const price = { input: 0.1, cachedInput: 0.01, output: 0.7 };
    const usage = { inputTokens: 7, outputTokens: 3, cachedInputTokens: 2 };
    const once = costPicoOf(price, usage);
    expect(Number.isSafeInteger(once)).toBe(true);
    const sum = Array.from({ length: 1_000 }, () => once).reduce((total, cost) => total + cost, 0);
    expect(sum).toBe(1_000 * once);
    expect(once / PICOS).toBeCloseTo((5 * 0.1 + 2 * 0.01 + 3 * 0.7) / 1e6, 12);
  });

  it('without one for cached input count it as input', () => {
    const usage = { inputTokens: 4, outputTokens: 0, cachedInputTokens: 4 };
    expect(costPicoOf({ input: 1, output: 1 }, usage)).toBe(4_000_000);
    expect(costPicoOf(undefined, usage)).toBe(0);
  });
});
