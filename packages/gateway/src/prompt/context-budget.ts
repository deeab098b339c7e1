/** How many tokens of a conversation fit into a request. Pure. */
import type { ModelLimits, ProviderTool } from '../providers/provider.ts';
import { estimateTokens } from './estimate-tokens.ts';

/** What the budget depends on. */
export interface ContextBudgetOptions extends ModelLimits {
  /** `Limits.maxContextTokens`: what the operator wants to pay for. */
  maxContextTokens: number;
  /** Their schemas are a part of each request. */
  tools: readonly ProviderTool[];
}

/** Room for the answer when its length is not set; a few pages. At most a quarter of the window, for small models. */
const ANSWER_TOKENS = 4_096;
const ANSWER_SHARE = 1 / 4;
/** An answer or tools that are larger than the window leave this much for the question: the upstream decides about the rest. */
const LEAST_SHARE = 1 / 8;

/** The budget in tokens: `maxContextTokens`, or less when the window of the model has less room beside the answer and the tools. */
export function contextBudget({
  maxContextTokens,
  windowTokens,
  answerTokens,
  tools,
}: ContextBudgetOptions): number {
  if (windowTokens === undefined) return maxContextTokens;
  const reserved = answerTokens ?? Math.min(ANSWER_TOKENS, windowTokens * ANSWER_SHARE);
  const room = windowTokens - reserved - (tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools)));
  return Math.floor(Math.min(maxContextTokens, Math.max(room, windowTokens * LEAST_SHARE)));
}
