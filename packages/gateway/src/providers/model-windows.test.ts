import { describe, expect, it } from 'vitest';
import { windowOfModel } from './model-windows.ts';

describe('the context window of a model', () => {
  it.each([
    ['gpt-5-mini', 400_000],
    ['openai/gpt-4o-mini', 128_000],
    ['gpt-4', 8_192],
    ['gpt-4-0613', 8_192],
    ['gpt-4-turbo', 128_000],
    ['ft:gpt-3.5-turbo:acme::1', 16_385],
    ['o3-mini', 200_000],
    ['us.anthropic.claude-3-haiku-20240307-v1:0', 200_000],
    ['google/gemma-2-9b-it', 8_192],
    ['gemma3:4b', 131_072],
    ['gemma3:1b', 32_768],
    ['meta-llama/Meta-Llama-3-8B-Instruct', 8_192],
    ['accounts/fireworks/models/llama-v3p1-8b', undefined],
    ['llama3.2:3b', 131_072],
    ['llama2', 4_096],
    ['mistralai/Mistral-7B-Instruct-v0.2', 32_768],
    ['mistral-small-latest', 128_000],
    ['Qwen/Qwen2.5-7B-Instruct', 32_768],
    ['deepseek-chat', 65_536],
    ['my-own-model', undefined],
    ['', undefined],
  ])('%s: %s', (model, tokens) => {
    expect(windowOfModel(model)).toBe(tokens);
  });
});
