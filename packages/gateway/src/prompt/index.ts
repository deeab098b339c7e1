/** What the model gets of a conversation: the messages that fit, as the provider takes them, with their files. */
export { contextBudget, type ContextBudgetOptions } from './context-budget.ts';
export { estimateAnswerTokens, estimateRequestTokens } from './estimate-request.ts';
export { estimateTokens, MAX_UNDERESTIMATE } from './estimate-tokens.ts';
export { readContextFiles, type ContextFilesOptions } from './context-files.ts';
export {
  branchTo,
  buildContextWindow,
  maxTextFileTokens,
  type ContextWindowOptions,
} from './context-window.ts';
export { faultOfCallInput, readCallInput } from './call-input.ts';
export { messagesOf, type ContextMessage, type FileMention } from './provider-messages.ts';
export { estimateContext, fitContext, shortenContext } from './shorten-context.ts';
