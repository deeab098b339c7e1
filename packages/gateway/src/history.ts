/** The model's context out of stored messages: one branch of the conversation, cut to a token budget from its old end. */
import { textOf, type Message, type MessageId } from '@rivulet/protocol';
import type { ProviderMessage } from './providers/provider.ts';

export interface HistoryOptions {
  systemPrompt: string | undefined;
  /** Estimated at 4 UTF-16 units a token, the usual rule of thumb for English; other languages get fewer. */
  maxTokens: number;
}

const CHARS_PER_TOKEN = 4;

/**
 * What the model is given to answer `questionId`, oldest first. The question itself is always there, whole.
 * Answers that failed before their first word are left out.
 */
export function buildContext(
  messages: readonly Message[],
  questionId: MessageId,
  { systemPrompt, maxTokens }: HistoryOptions,
): ProviderMessage[] {
  const branch = branchTo(messages, questionId)
    .map(toProviderMessage)
    .filter(({ text }) => text !== '');
  const system: ProviderMessage[] =
    systemPrompt === undefined ? [] : [{ role: 'system', text: systemPrompt }];
  let budget = maxTokens * CHARS_PER_TOKEN - (systemPrompt?.length ?? 0);
  const kept: ProviderMessage[] = [];
  for (const message of branch.toReversed()) {
    budget -= message.text.length;
    if (budget < 0 && kept.length > 0) break;
    kept.unshift(message);
  }
  // A context that begins with an answer to nobody confuses models: begin with a question.
  while (kept.length > 1 && kept[0]?.role === 'assistant') kept.shift();
  return [...system, ...kept];
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

function toProviderMessage(message: Message): ProviderMessage {
  return { role: message.role === 'user' ? 'user' : 'assistant', text: textOf(message) };
}
