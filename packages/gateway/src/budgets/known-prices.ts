/**
 * The list prices of well-known models, for budgets of money. In US dollars for a million tokens, as the vendors published them for
 * requests of usual length at regular speed; prices of promotions, of batches and of very long contexts are not in it.
 */

/** When the prices were looked up. */
export const PRICES_DATE = '2026-11-29';

/** What a million tokens of a known model cost. */
export interface KnownPrice {
  input: number;
  cachedInput: number;
  output: number;
}

const price = (input: number, cachedInput: number, output: number): KnownPrice => ({
  input,
  cachedInput,
  output,
});

/** By the name of the model, without its vendor and without the date of its version. */
export const KNOWN_PRICES: Readonly<Record<string, KnownPrice>> = {
  'gpt-6-astra': price(10, 1, 50),
  'gpt-5.6-sol': price(4, 0.4, 20),
  'gpt-5.6-terra': price(2, 0.2, 12),
  'gpt-5.6-luna': price(0.2, 0.02, 1.2),
  'gpt-5.5': price(5, 0.5, 30),
  'gpt-5.5-pro': price(30, 30, 180),
  'gpt-5.4': price(2.5, 0.25, 15),
  'gpt-5.4-mini': price(0.75, 0.075, 4.5),
  'gpt-5.4-nano': price(0.2, 0.02, 1.25),
  'gpt-5.4-pro': price(30, 30, 180),
  'gpt-5.3-codex': price(1.75, 0.175, 14),
  'gpt-5.2': price(1.75, 0.175, 14),
  'gpt-5.2-pro': price(21, 21, 168),
  'gpt-5.1': price(1.25, 0.125, 10),
  'gpt-5': price(1.25, 0.125, 10),
  'gpt-5-chat': price(1.25, 0.125, 10),
  'gpt-5-mini': price(0.25, 0.025, 2),
  'gpt-5-nano': price(0.05, 0.005, 0.4),
  'gpt-5-pro': price(15, 15, 120),
  'gpt-4.1': price(2, 0.5, 8),
  'gpt-4.1-mini': price(0.4, 0.1, 1.6),
  'gpt-4.1-nano': price(0.1, 0.025, 0.4),
  'gpt-4o': price(2.5, 1.25, 10),
  'gpt-4o-mini': price(0.15, 0.075, 0.6),
  'gpt-4-turbo': price(10, 10, 30),
  'gpt-4': price(30, 30, 60),
  'gpt-3.5-turbo': price(0.5, 0.5, 1.5),
  o1: price(15, 7.5, 60),
  'o1-mini': price(1.1, 0.55, 4.4),
  o3: price(2, 0.5, 8),
  'o3-mini': price(1.1, 0.55, 4.4),
  'o3-pro': price(20, 20, 80),
  'o4-mini': price(1.1, 0.275, 4.4),
  'claude-fable-5': price(10, 1, 50),
  'claude-opus-5': price(5, 0.5, 25),
  'claude-opus-4-8': price(5, 0.5, 25),
  'claude-opus-4-7': price(5, 0.5, 25),
  'claude-opus-4-6': price(5, 0.5, 25),
  'claude-opus-4-5': price(5, 0.5, 25),
  'claude-opus-4-1': price(15, 1.5, 75),
  'claude-opus-4': price(15, 1.5, 75),
  'claude-sonnet-5': price(2, 0.2, 10),
  'claude-sonnet-4-6': price(3, 0.3, 15),
  'claude-sonnet-4-5': price(3, 0.3, 15),
  'claude-sonnet-4': price(3, 0.3, 15),
  'claude-3-7-sonnet': price(3, 0.3, 15),
  'claude-3-5-sonnet': price(3, 0.3, 15),
  'claude-haiku-4-5': price(1, 0.1, 5),
  'claude-3-5-haiku': price(0.8, 0.08, 4),
  'claude-3-haiku': price(0.25, 0.03, 1.25),
  'gemini-3.8-flash': price(1.5, 0.15, 7.5),
  'gemini-3.7-flash': price(1.5, 0.15, 7.5),
  'gemini-3.6-flash': price(1.5, 0.15, 7.5),
  'gemini-3.5-flash': price(1.5, 0.15, 9),
  'gemini-3.1-pro': price(2, 0.2, 12),
  'gemini-3.1-flash-lite': price(0.25, 0.025, 1.5),
  'gemini-3-pro': price(2, 0.2, 12),
  'gemini-3-flash': price(0.5, 0.05, 3),
  'gemini-2.5-pro': price(1.25, 0.125, 10),
  'gemini-2.5-flash': price(0.3, 0.03, 2.5),
  'gemini-2.5-flash-lite': price(0.1, 0.01, 0.4),
  'gemini-2.0-flash': price(0.1, 0.025, 0.4),
  'gemini-2.0-flash-lite': price(0.075, 0.075, 0.3),
  'deepseek-chat': price(0.27, 0.07, 1.1),
  'deepseek-reasoner': price(0.55, 0.14, 2.19),
  'deepseek-v4-flash': price(0.22, 0.007, 0.66),
  'deepseek-v4-pro': price(0.66, 0.022, 1.98),
  'mistral-large': price(2, 2, 6),
  'mistral-medium': price(1.5, 0.15, 7.5),
  'mistral-small': price(0.1, 0.1, 0.3),
  'ministral-8b': price(0.15, 0.015, 0.15),
  'magistral-medium': price(2, 2, 5),
  codestral: price(0.3, 0.3, 0.9),
  'grok-4': price(3, 0.75, 15),
  'grok-4-fast': price(0.2, 0.05, 0.5),
  'grok-4-1-fast': price(0.2, 0.05, 0.5),
  'grok-4.20': price(1.25, 0.2, 2.5),
  'grok-4.3': price(1.25, 0.2, 2.5),
  'grok-code-fast-1': price(0.2, 0.02, 1.5),
  'grok-3': price(3, 0.75, 15),
  'grok-3-mini': price(0.3, 0.075, 0.5),
};
