/** Orders the context as the strictest chat templates demand: user and assistant take turns, and the user begins. Pure. */
import type { ContextMessage } from './provider-messages.ts';

/** Stands for the start of a conversation that the other side opened, for example with a greeting. */
const OPENING = '[The visitor opened the chat.]';
/** Stands for the answer to tool outputs that never came. */
const NO_ANSWER = '[This answer was stopped before it said anything.]';

type Of<Role extends ContextMessage['role']> = Extract<ContextMessage, { role: Role }>;

/**
 * Returns the messages with one user message between two answers and one answer between two user messages. Neighbours of the same
 * role become one message, their texts joined by a blank line; a message without content is left out. When the conversation begins
 * with an answer, or tool outputs got no answer, a sentence in brackets stands for what is missing. Calls are followed by their
 * outputs as before.
 * @see docs/decisions/0028-what-the-model-is-told.md
 */
export function alternate(messages: readonly ContextMessage[]): ContextMessage[] {
  const result: ContextMessage[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (isEmpty(message)) continue;
    if (message.role === 'user' && last?.role === 'user') result[result.length - 1] = joinUser(last, message);
    else if (message.role === 'assistant' && last?.role === 'assistant')
      result[result.length - 1] = joinAssistant(last, message);
    else result.push(...missingBetween(last, message), message);
  }
  return result;
}

function isEmpty(message: ContextMessage): boolean {
  if (message.role === 'tool' || message.text.trim() !== '') return false;
  return message.role === 'assistant'
    ? (message.calls ?? []).length === 0
    : message.role === 'system' || (message.files ?? []).length === 0;
}

function missingBetween(last: ContextMessage | undefined, next: ContextMessage): ContextMessage[] {
  if (next.role === 'assistant' && (last === undefined || last.role === 'system'))
    return [{ role: 'user', text: OPENING }];
  return next.role === 'user' && last?.role === 'tool' ? [{ role: 'assistant', text: NO_ANSWER }] : [];
}

const joinTexts = (...texts: string[]): string => texts.filter((text) => text.trim() !== '').join('\n\n');

function joinUser(first: Of<'user'>, second: Of<'user'>): ContextMessage {
  const text = joinTexts(first.text, second.text);
  const files = [...(first.files ?? []), ...(second.files ?? [])];
  return { role: 'user', text, ...(files.length === 0 ? {} : { files }) };
}

/** The first one has no calls, because its outputs would be between the two. */
function joinAssistant(first: Of<'assistant'>, second: Of<'assistant'>): ContextMessage {
  return { ...first, ...second, text: joinTexts(first.text, second.text) };
}
