/** The model's context out of stored messages: one branch of the conversation, cut to a token budget from its old end. */
import type { Message, MessageId } from '@rivulet/protocol';
import { isSafeImage, isText } from '../files/file-type.ts';
import { messagesOf, type ContextMessage, type FileMention } from './provider-messages.ts';

export interface ContextWindowOptions {
  systemPrompt: string | undefined;
  /** Estimated at 4 UTF-16 units a token, the usual rule of thumb for English; other languages get fewer. */
  maxTokens: number;
}

export const CHARS_PER_TOKEN = 4;
/** What a model takes an image for, about: 1,000 tokens. */
const IMAGE_CHARS = 4_000;
/** A document of a few pages; nobody here counts them. */
const DOCUMENT_CHARS = 12_000;

/** Of the budget, the share that one text file may have; the rest of it is left out. */
const TEXT_FILE_SHARE = 0.5;
/** How much of a text file is given to the model, in bytes, which are at least as many as its characters. */
export const maxTextFileBytes = (maxTokens: number): number =>
  Math.floor(maxTokens * CHARS_PER_TOKEN * TEXT_FILE_SHARE);

/**
 * What the model is given to answer `questionId`, oldest first. The question itself is always there, whole.
 * Answers that failed before their first word are left out. What a tool gave stays with its call.
 */
export function buildContextWindow(
  messages: readonly Message[],
  questionId: MessageId,
  { systemPrompt, maxTokens }: ContextWindowOptions,
): ContextMessage[] {
  const branch = branchTo(messages, questionId)
    .map(messagesOf)
    .filter((published) => published.length > 0);
  const system: ContextMessage[] = systemPrompt === undefined ? [] : [{ role: 'system', text: systemPrompt }];
  let budget = maxTokens * CHARS_PER_TOKEN - (systemPrompt?.length ?? 0);
  const kept: ContextMessage[][] = [];
  for (const published of branch.toReversed()) {
    budget -= published.reduce((sum, message) => sum + charsOf(message, maxTokens), 0);
    if (budget < 0 && kept.length > 0) break;
    kept.unshift(published);
  }
  // A context that begins with an answer to nobody confuses models: begin with a question.
  while (kept.length > 1 && kept[0]?.[0]?.role === 'assistant') kept.shift();
  return [...system, ...kept.flat()];
}

function charsOf(message: ContextMessage, maxTokens: number): number {
  const { text } = message;
  if (message.role === 'user')
    return (message.files ?? []).reduce((sum, file) => sum + charsOfFile(file, maxTokens), text.length);
  if (message.role !== 'assistant') return text.length;
  return (message.calls ?? []).reduce(
    (sum, { name, input }) => sum + name.length + input.length,
    text.length,
  );
}

function charsOfFile({ mediaType, sizeBytes }: FileMention, maxTokens: number): number {
  if (isText(mediaType)) return Math.min(sizeBytes, maxTextFileBytes(maxTokens));
  return isSafeImage(mediaType) ? IMAGE_CHARS : DOCUMENT_CHARS;
}

/** From the first message to `id`, along the parents. */
export function branchTo(messages: readonly Message[], id: MessageId): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  // A parent is always older; the set ends a loop that only a damaged store could hold.
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
