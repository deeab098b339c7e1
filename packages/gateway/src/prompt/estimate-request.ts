/** Estimates how many tokens a request and an answer have, for upstreams that do not count them. Pure. */
import type { Part } from '@rivulet/protocol';
import type { ProviderRequest } from '../providers/provider.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { estimateContext } from './shorten-context.ts';

/** The estimated tokens of what a model is given: messages, files and tools. */
export function estimateRequestTokens({
  messages,
  tools = [],
}: Pick<ProviderRequest, 'messages' | 'tools'>): number {
  return estimateContext(messages) + (tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools)));
}

/** The estimated tokens of what a model has written: text, reasoning and the calls of tools. */
export function estimateAnswerTokens(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => {
    if (part.type === 'text' || part.type === 'reasoning') return sum + estimateTokens(part.text);
    return part.type === 'tool' ? sum + estimateTokens(part.name) + estimateTokens(part.inputText) : sum;
  }, 0);
}
