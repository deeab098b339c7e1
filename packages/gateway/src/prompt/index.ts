/** What the model gets of a conversation: the messages that fit, as the provider takes them, with their files. */
export { readContextFiles, type ContextFilesOptions } from './context-files.ts';
export {
  branchTo,
  buildContextWindow,
  CHARS_PER_TOKEN,
  maxTextFileBytes,
  type ContextWindowOptions,
} from './context-window.ts';
export { faultOfCallInput, readCallInput } from './call-input.ts';
export { messagesOf, type ContextMessage, type FileMention } from './provider-messages.ts';
export { shortenContext } from './shorten-context.ts';
