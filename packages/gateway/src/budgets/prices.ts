/** What models cost: the prices that are configured, and those that are known. Pure. */
import * as v from 'valibot';
import type { ProviderUsage } from '../providers/usage.ts';
import { KNOWN_PRICES } from './known-prices.ts';

const PRICE_PROBLEM = 'expected a price for a million tokens, 0 to 1000000';
const perMillion = v.pipe(
  v.number(PRICE_PROBLEM),
  v.minValue(0, PRICE_PROBLEM),
  v.maxValue(1_000_000, PRICE_PROBLEM),
);

/** The price of a model. */
export const PriceSchema = v.strictObject({
  /** A million tokens of what the model is given. */
  input: perMillion,
  /** A million tokens of it that the upstream had cached. Default: `input`. */
  cachedInput: v.optional(perMillion),
  /** A million tokens of what the model writes, with its reasoning. */
  output: perMillion,
});
/** What a million tokens of a model cost. The unit is that of the budgets, US dollars unless all prices are configured. */
export type Price = v.InferOutput<typeof PriceSchema>;
/** Prices by the name of the model. */
export const PricesSchema = v.record(v.pipe(v.string(), v.minLength(1)), PriceSchema);
/** Prices by the name of the model. */
export type Prices = v.InferOutput<typeof PricesSchema>;

/** The smallest amounts that are counted in one unit of the prices: a whole number of them for each token, so that sums are exact. */
export const PICOS = 1e12;
const PICOS_PER_TOKEN = PICOS / 1e6;

/** What tokens of a model cost, in trillionths of the unit of its price. */
export function costPicoOf(price: Price | undefined, usage: ProviderUsage): number {
  if (price === undefined) return 0;
  const { inputTokens, outputTokens, cachedInputTokens: cached = 0 } = usage;
  const { input, cachedInput = input, output } = price;
  const picos = (tokens: number, perMillionTokens: number) =>
    tokens * Math.round(perMillionTokens * PICOS_PER_TOKEN);
  return picos(inputTokens - cached, input) + picos(cached, cachedInput) + picos(outputTokens, output);
}

/** Finds the price of a model; undefined when it is not known. */
export type PriceOf = (model: string) => Price | undefined;

/**
 * Creates the list of the configured prices, by the exact name of the model, and of the known ones. For those, the vendor before a
 * slash (`openai/…`), a prefix of Bedrock (`us.anthropic.`), the date of the version, `-latest`, `-preview` and the case do not matter.
 */
export function createPriceList(configured: Prices = {}): PriceOf {
  const own = new Map(Object.entries(configured));
  const known = new Map(Object.entries(KNOWN_PRICES));
  return (model) => own.get(model) ?? known.get(model) ?? known.get(plainNameOf(model));
}

const plainNameOf = (model: string): string =>
  model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^((us|eu|apac|global)\.)?(anthropic|meta|mistral|google|openai|deepseek)\./, '')
    .replace(/(-v\d+)?(:\d+)?$/, '')
    .replace(/-(latest|preview)$/, '')
    .replace(/[-@](20\d{2}-?\d{2}-?\d{2}|\d{4}|\d{2}-\d{2})$/, '')
    .replace(/-(latest|preview)$/, '');
