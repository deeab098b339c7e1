/** Converts provider messages and tools to the format of the chat completions API. */
import type {
  ChatCompletionContentPart,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { questionPartsOf, type QuestionPart } from './file-parts.ts';
import { createRoundsConverter, type RoundsConverter } from './openai-rounds.ts';
import type { ProviderMessage, ProviderTool } from './provider.ts';
import { ANY_UPSTREAM, type RoundsTarget } from './sent-rounds.ts';
import { withPromptAsQuestion } from './system-roles.ts';

/** Converts the messages of a request. `user` as the role of the system prompt puts it before the first question. */
export function toChatMessages(
  messages: readonly ProviderMessage[],
  target: RoundsTarget = ANY_UPSTREAM,
  systemRole: 'system' | 'developer' | 'user' = 'system',
): ChatCompletionMessageParam[] {
  const rounds = createRoundsConverter(messages, target);
  const convert = (message: ProviderMessage) => toChatMessage(message, rounds);
  const [first] = messages;
  if (systemRole === 'user') return withPromptAsQuestion(messages).map(convert);
  if (systemRole === 'system' || first?.role !== 'system') return messages.map(convert);
  return [{ role: 'developer', content: first.text }, ...messages.slice(1).map(convert)];
}

/** Converts a message. Files are embedded; a file that cannot be sent is replaced by a sentence about it. */
export function toChatMessage(
  message: ProviderMessage,
  rounds: RoundsConverter = createRoundsConverter([message], ANY_UPSTREAM),
): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text };
    case 'tool':
      return rounds.toTool(message);
    case 'assistant':
      return rounds.toAssistant(message);
    case 'user': {
      const parts = questionPartsOf(message);
      return { role: 'user', content: typeof parts === 'string' ? parts : parts.map(toContentPart) };
    }
  }
}

/** Converts a tool. */
export const toChatTool = ({ name, description, parameters }: ProviderTool): ChatCompletionFunctionTool => ({
  type: 'function',
  function: { name, description, parameters: { ...parameters } },
});

function toContentPart(part: QuestionPart): ChatCompletionContentPart {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: { url: part.url } };
    case 'file':
      return { type: 'file', file: { filename: part.name, file_data: part.url } };
  }
}
