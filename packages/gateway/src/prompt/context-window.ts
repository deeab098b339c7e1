/** Builds the model's context from stored messages: one branch of the conversation, reduced to a token budget. */
import type { ErrorCode, Message, MessageId } from '@rivulet/protocol';
import { isSafeImage, isText } from '../files/file-type.ts';
import { alternate } from './alternation.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { messagesOf, type ContextMessage, type FileMention } from './provider-messages.ts';

/** What the context starts with, and its budget. */
export interface ContextWindowOptions {
  /** The first message of the context. It is never dropped, and counts against the budget. */
  systemPrompt: string | undefined;
  /** The budget, in tokens of `estimateTokens`. */
  maxTokens: number;
}

/** What the template of the model puts around a message. */
export const MESSAGE_TOKENS = 6;
/** The estimate for an image, which each model counts in its own way: 85 to 1,600 tokens for most. */
export const IMAGE_TOKENS = 1_500;
/** The estimate for a document of a few pages; its pages are not counted. */
export const DOCUMENT_TOKENS = 3_000;
/** Text of most languages, code and data have at least two bytes for each token. */
export const FILE_BYTES_PER_TOKEN = 2;

/** The share of the budget that one text file may use; the rest of the file is left out. */
const TEXT_FILE_SHARE = 0.5;
/** How much of a text file is given to the model, in tokens. */
export const maxTextFileTokens = (maxTokens: number): number => Math.floor(maxTokens * TEXT_FILE_SHARE);

/**
 * The context for an answer to `questionId`: its branch of the conversation, oldest first. When the budget is exceeded, the oldest
 * messages are dropped; the question itself is always included, complete. Questions that were refused are left out. A tool call and
 * its output are kept or dropped together. User and assistant take turns, as strict upstreams demand.
 */
export function buildContextWindow(
  messages: readonly Message[],
  questionId: MessageId,
  { systemPrompt, maxTokens }: ContextWindowOptions,
): ContextMessage[] {
  const branch = branchTo(messages, questionId);
  // An answer whose question was dropped confuses models. A branch that begins with an answer is whole: its first message is a greeting.
  const isWhole = branch[0]?.parentId === null;
  const converted = withoutRefused(branch)
    .map(messagesOf)
    .filter((some) => some.length > 0);
  const system: ContextMessage[] = systemPrompt === undefined ? [] : [{ role: 'system', text: systemPrompt }];
  let budget = maxTokens - (systemPrompt === undefined ? 0 : estimateTokens(systemPrompt) + MESSAGE_TOKENS);
  const kept: ContextMessage[][] = [];
  for (const some of converted.toReversed()) {
    budget -= some.reduce((sum, message) => sum + tokensOf(message, maxTokens), 0);
    if (budget < 0 && kept.length > 0) break;
    kept.unshift(some);
  }
  if (!isWhole || kept.length < converted.length)
    while (kept.length > 1 && kept[0]?.[0]?.role === 'assistant') kept.shift();
  return alternate([...system, ...kept.flat()]);
}

/** These errors are about the content of the request: with the same content every later request would fail as well. */
const REFUSED: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>(['content-blocked', 'context-length']);

/** Leaves out the questions that the upstream refused because of their content, with what there is of their answers. */
function withoutRefused(branch: readonly Message[]): Message[] {
  const isRefused = ({ run }: Message) => run?.reason === 'blocked' || REFUSED.has(run?.error?.code);
  return branch.filter((message, index) => {
    const next = branch[index + 1];
    return !isRefused(message) && !(message.role === 'user' && next !== undefined && isRefused(next));
  });
}

/** The estimate for a message with its files, whose content is not read yet. */
function tokensOf(message: ContextMessage, maxTokens: number): number {
  const texts = [message.text];
  if (message.role === 'assistant') {
    texts.push(message.reasoning ?? '');
    for (const { name, input } of message.calls ?? []) texts.push(name, input);
  }
  const files = message.role === 'user' ? (message.files ?? []) : [];
  return [
    MESSAGE_TOKENS,
    ...texts.map(estimateTokens),
    ...files.map((file) => tokensOfFile(file, maxTokens)),
  ].reduce((sum, tokens) => sum + tokens, 0);
}

function tokensOfFile({ mediaType, sizeBytes }: FileMention, maxTokens: number): number {
  if (isText(mediaType))
    return Math.min(Math.ceil(sizeBytes / FILE_BYTES_PER_TOKEN), maxTextFileTokens(maxTokens));
  return isSafeImage(mediaType) ? IMAGE_TOKENS : DOCUMENT_TOKENS;
}

/** The messages from the first one to `id`, along the parents; empty when `id` is unknown. */
export function branchTo(messages: readonly Message[], id: MessageId): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  // A parent is always older than its child. The set ends a cycle, which only a damaged store can contain.
  const seen = new Set<MessageId>();
  for (
    let at = byId.get(id);
    at !== undefined && !seen.has(at.id);
    at = at.parentId ? byId.get(at.parentId) : undefined
  ) {
    seen.add(at.id);
    branch.unshift(at);
  }
  return branch;
}
