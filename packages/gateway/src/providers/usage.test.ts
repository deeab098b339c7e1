import { describe, expect, it } from 'vitest';
import { MAX_CALL_TOKENS, readUsage, validUsage } from './usage.ts';

describe('the usage of an upstream', () => {
  it.each([
    ['infinite', { prompt_tokens: Infinity, completion_tokens: 1 }],
    ['negative', { prompt_tokens: -1, completion_tokens: 1 }],
    ['no number', { prompt_tokens: 'many', completion_tokens: 1 }],
    ['not a number', { prompt_tokens: 1, completion_tokens: NaN }],
    ['more than any model writes', { prompt_tokens: 1, completion_tokens: MAX_CALL_TOKENS + 1 }],
    ['incomplete', { prompt_tokens: 1 }],
    ['absent', null],
  ])('that is %s is not used', (_name, usage) => {
    expect(readUsage(usage)).toBeUndefined();
  });

  it('is read with the cached part of the input, as OpenAI and as DeepSeek report it', () => {
    const counts = { prompt_tokens: 10, completion_tokens: 2 };
    const usage = { inputTokens: 10, outputTokens: 2, cachedInputTokens: 8 };
    expect(readUsage({ ...counts, prompt_tokens_details: { cached_tokens: 8 } })).toEqual(usage);
    expect(readUsage({ ...counts, prompt_cache_hit_tokens: 8 })).toEqual(usage);
    expect(readUsage({ ...counts, prompt_cache_hit_tokens: -8 })).toEqual({
      inputTokens: 10,
      outputTokens: 2,
    });
  });

  it('counts reasoning that is only in the total, and reasoning within the completion once', () => {
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 2, total_tokens: 52 })?.outputTokens).toBe(42);
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 42, total_tokens: 52 })?.outputTokens).toBe(42);
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 2, total_tokens: 1e308 })?.outputTokens).toBe(2);
  });

  it('of any provider is validated and made whole, with no more cached input than input', () => {
    const cachedInputTokens = 99;
    expect(validUsage({ inputTokens: 1.2, outputTokens: 0, cachedInputTokens })).toEqual({
      ...{ inputTokens: 2, outputTokens: 0, cachedInputTokens: 2 },
    });
    expect(validUsage({ inputTokens: Infinity, outputTokens: 0 })).toBeUndefined();
    expect(validUsage(undefined)).toBeUndefined();
  });
});
