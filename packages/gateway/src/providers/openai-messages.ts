/** Converts provider messages and tools to the format of the chat completions API. */
import type {
  ChatCompletionContentPart,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { createRoundsConverter, type RoundsConverter, type RoundsTarget } from './openai-rounds.ts';
import type { ProviderFile, ProviderMessage, ProviderTool } from './provider.ts';

/** The types that the API accepts as `image_url`. */
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Types that are sent as text instead of as a file: it needs no parser, and every upstream accepts it. */
const TEXT = /^text\/|^application\/(json|xml|yaml|toml|x-ndjson|javascript)$|\+(json|xml)$/;

/** Any upstream: nothing that one of them attached to its answers is sent. */
const ANY_UPSTREAM: RoundsTarget = { origin: '', model: '', hasTools: false };

/** Converts the messages of a request. `user` as the role of the system prompt puts it before the first question. */
export function toChatMessages(
  messages: readonly ProviderMessage[],
  target: RoundsTarget = ANY_UPSTREAM,
  systemRole: 'system' | 'developer' | 'user' = 'system',
): ChatCompletionMessageParam[] {
  const rounds = createRoundsConverter(messages, target);
  const convert = (message: ProviderMessage) => toChatMessage(message, rounds);
  const [first, second, ...rest] = messages;
  if (systemRole === 'system' || first?.role !== 'system') return messages.map(convert);
  if (systemRole === 'developer')
    return [{ role: 'developer', content: first.text }, ...messages.slice(1).map(convert)];
  if (second?.role !== 'user')
    return [{ ...first, role: 'user' as const }, ...messages.slice(1)].map(convert);
  const text = second.text === '' ? first.text : `${first.text}\n\n${second.text}`;
  return [{ ...second, text }, ...rest].map(convert);
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
      const { text, files = [] } = message;
      if (files.length === 0) return { role: 'user', content: text };
      const textParts: ChatCompletionContentPart[] = text === '' ? [] : [{ type: 'text', text }];
      const parts = [...textParts, ...files.map(toContentPart)];
      // Text-only upstreams refuse a list of parts, even when all of them are text.
      const isText = parts.every((part) => part.type === 'text');
      return { role: 'user', content: isText ? parts.map(({ text }) => text).join('\n\n') : parts };
    }
  }
}

/** Converts a tool. */
export const toChatTool = ({ name, description, parameters }: ProviderTool): ChatCompletionFunctionTool => ({
  type: 'function',
  function: { name, description, parameters: { ...parameters } },
});

/** Embeds the file as data, not as a URL: the upstream cannot reach the gateway, and must not be able to. */
function toContentPart(file: ProviderFile): ChatCompletionContentPart {
  const { name, mediaType, bytes, isCut, isRefused } = file;
  if (isRefused === true)
    return placeholder(file, 'you cannot see or read it, because files like it cannot be given to you');
  if (bytes === undefined) return placeholder(file, 'it is not repeated here');
  if (TEXT.test(mediaType)) {
    const text = new TextDecoder().decode(bytes);
    const end = isCut === true ? '\n[the rest of the file is left out]' : '';
    return { type: 'text', text: `The file ${JSON.stringify(name)} (${mediaType}):\n\n${text}${end}` };
  }
  const data = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
  if (IMAGES.has(mediaType)) return { type: 'image_url', image_url: { url: data } };
  if (mediaType.startsWith('image/')) return placeholder(file, 'images of this type cannot be shown to you');
  return { type: 'file', file: { filename: name, file_data: data } };
}

const placeholder = (
  { name, mediaType, sizeBytes }: ProviderFile,
  why: string,
): ChatCompletionContentPart => ({
  type: 'text',
  text: `[The visitor attached ${JSON.stringify(name)} (${mediaType}, ${sizeBytes} bytes); ${why}.]`,
});
