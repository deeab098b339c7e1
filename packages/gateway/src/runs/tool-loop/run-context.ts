/** The messages that a run begins with: the branch of the conversation that fits, with its files. */
import {
  buildContextWindow,
  contextBudget,
  MAX_UNDERESTIMATE,
  maxTextFileTokens,
  readContextFiles,
} from '../../prompt/index.ts';
import type { ProviderMessage } from '../../providers/provider.ts';
import type { LoopOptions, LoopRun } from './round.ts';
import { requestOf, scopeOf } from './round-request.ts';
import { providerOf } from './site-provider.ts';

/** A stored message is longer than what the model gets of it: ids, times and the JSON around them. */
const STORED_CHARS_PER_CONTEXT_CHAR = 4;

/**
 * Reads the context of a run. Its budget is the limit of the gateway, or what the window of the model has room for, or what the
 * upstream has taken after it called a context of this conversation too long.
 */
export async function contextOf(options: LoopOptions, run: LoopRun): Promise<ProviderMessage[]> {
  const { store, uploads, limits, learnedBudgets } = options;
  const { conversationId, question, site } = run;
  const { maxContextTokens, maxContextFileBytes: maxBytes } = limits;
  const { tools = [], ...request } = requestOf(run, [], 'auto');
  const budget = contextBudget({
    ...providerOf(options, run.site).modelLimits?.(request),
    maxContextTokens,
    tools,
  });
  const maxTokens = Math.min(budget, learnedBudgets.of(scopeOf(run)) ?? budget);
  // No text has more characters for each estimated token.
  const maxChars = maxTokens * MAX_UNDERESTIMATE * STORED_CHARS_PER_CONTEXT_CHAR;
  const { id, parentId } = question;
  // The question itself is known, so that the first message of a conversation waits for no read.
  const before = parentId === null ? [] : await store.readBranch(conversationId, parentId, maxChars);
  const { systemPrompt } = site;
  const context = buildContextWindow([...before, question], id, { systemPrompt, maxTokens });
  return readContextFiles(context, {
    open: (fileId) => uploads.open(fileId),
    maxBytes,
    maxTextTokens: maxTextFileTokens(maxTokens),
  });
}
