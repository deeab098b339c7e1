import { describe, expect, it } from 'vitest';
import { contextBudget } from './context-budget.ts';

const budget = (more: Partial<Parameters<typeof contextBudget>[0]>) =>
  contextBudget({ maxContextTokens: 16_000, tools: [], ...more });

describe('the budget of a context', () => {
  it('is the limit of the gateway when the window is not known, or large', () => {
    expect(budget({})).toBe(16_000);
    expect(budget({ windowTokens: 128_000 })).toBe(16_000);
  });

  it('leaves room for the answer in a small window: its set length, or up to a quarter', () => {
    expect(budget({ windowTokens: 8_192, answerTokens: 1_000 })).toBe(7_192);
    expect(budget({ windowTokens: 8_192 })).toBe(6_144);
    expect(budget({ windowTokens: 2_048 })).toBe(1_536);
  });

  it('leaves room for the schemas of the tools', () => {
    const tools = [{ name: 'look', description: 'x '.repeat(1_000), parameters: { type: 'object' } }];
    expect(budget({ windowTokens: 8_192, tools })).toBeLessThan(6_144 - 1_000);
  });

  it('keeps an eighth of the window for the question, whatever the rest takes', () => {
    expect(budget({ windowTokens: 4_096, answerTokens: 9_999 })).toBe(512);
  });
});
