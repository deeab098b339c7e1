/** The token counts that an upstream reports, which are validated before they are used. */
import type { Usage } from '@rivulet/protocol';
import { record } from './json-fields.ts';

/** What one call of an upstream has used, in tokens, as the upstream counted it. */
export interface ProviderUsage extends Usage {
  /** The part of `inputTokens` that the upstream had cached, which costs less. Default: 0. */
  cachedInputTokens?: number;
  /** The part of `outputTokens` that was reasoning. Default: 0. */
  reasoningTokens?: number;
}

/** More than any model reads or writes in one call. A larger count is an error of the upstream. */
export const MAX_CALL_TOKENS = 100_000_000;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= MAX_CALL_TOKENS;

/**
 * The usage as whole numbers; undefined when a count is no number, not finite, negative or more than `MAX_CALL_TOKENS`. More cached
 * input than input, and more reasoning than output, is cut.
 */
export function validUsage(usage: ProviderUsage | undefined): ProviderUsage | undefined {
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  const counted: ProviderUsage = {
    inputTokens: Math.ceil(inputTokens),
    outputTokens: Math.ceil(outputTokens),
  };
  const part = (tokens: unknown, whole: number) => (isCount(tokens) ? Math.min(Math.ceil(tokens), whole) : 0);
  const cached = part(cachedInputTokens, counted.inputTokens);
  const reasoning = part(reasoningTokens, counted.outputTokens);
  if (cached > 0) counted.cachedInputTokens = cached;
  if (reasoning > 0) counted.reasoningTokens = reasoning;
  return counted;
}

/**
 * Reads the `usage` of a chat completion. Some upstreams leave the reasoning out of `completion_tokens`, though it costs the same: it is
 * what the total has more.
 * @returns undefined when there is none, or it is not valid
 */
export function readUsage(value: unknown): ProviderUsage | undefined {
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total, ...rest } = record(value);
  if (!isCount(input) || !isCount(output)) return undefined;
  const all = isCount(total) ? Math.max(output, total - input) : output;
  const cached = record(rest.prompt_tokens_details).cached_tokens ?? rest.prompt_cache_hit_tokens;
  const reasoning = record(rest.completion_tokens_details).reasoning_tokens;
  const usage: ProviderUsage = { inputTokens: input, outputTokens: all };
  if (isCount(cached)) usage.cachedInputTokens = cached;
  usage.reasoningTokens = isCount(reasoning) ? reasoning : all - output;
  return validUsage(usage);
}

/** Reads the `usage` of the responses API. @returns as `readUsage` */
export function readResponsesUsage(value: unknown): ProviderUsage | undefined {
  const { input_tokens: input, output_tokens: output, total_tokens: total, ...rest } = record(value);
  return readUsage({
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: rest.input_tokens_details,
    completion_tokens_details: rest.output_tokens_details,
  });
}
