/** Converts the model's own messages, its calls and their outputs to the format of the chat completions API, for one upstream. */
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionToolMessageParam,
} from 'openai/resources/chat/completions';
import type { CallMetadata } from './provider-metadata.ts';
import type { ProviderCall, ProviderMessage } from './provider.ts';
import { callIdsOf, ownOf, sentNameOf, type RoundsTarget } from './sent-rounds.ts';

type Of<Role extends ProviderMessage['role']> = Extract<ProviderMessage, { role: Role }>;

/** Converts the assistant and tool messages of one request. */
export interface RoundsConverter {
  toAssistant(message: Of<'assistant'>): ChatCompletionAssistantMessageParam;
  toTool(message: Of<'tool'>): ChatCompletionToolMessageParam;
}

/** Creates the converter of one request. @param messages all messages of the request */
export function createRoundsConverter(
  messages: readonly ProviderMessage[],
  target: RoundsTarget,
): RoundsConverter {
  const own = messages
    .filter((message) => message.role === 'assistant')
    .map((message) => ownOf(message, target));
  const ids = callIdsOf(own, target.model);
  const returnsReasoning = own.some(({ metadata }) => metadata?.reasoning === 'wanted');
  const idOf = (callId: string) => ids.get(callId) ?? callId;
  return {
    toAssistant(message) {
      const { text, calls = [], reasoning, metadata } = ownOf(message, target);
      const attached = new Map(metadata?.calls?.map((call) => [call.callId, call]));
      const thought = returnsReasoning && (calls.length > 0 || target.hasTools);
      return {
        ...metadata?.fields,
        role: 'assistant',
        content: text === '' && calls.length > 0 ? null : text,
        // DeepSeek refuses a request with tools when one of the answers lacks the field.
        ...(thought ? { reasoning_content: reasoning ?? '' } : {}),
        ...(calls.length === 0
          ? {}
          : { tool_calls: calls.map((call) => toCall(call, idOf(call.callId), attached.get(call.callId))) }),
      };
    },
    toTool: ({ callId, text }) => ({ role: 'tool', tool_call_id: idOf(callId), content: text }),
  };
}

function toCall(
  { name, input }: ProviderCall,
  id: string,
  attached: CallMetadata | undefined,
): ChatCompletionMessageFunctionToolCall {
  const { function: inner, ...fields } = attached?.fields ?? {};
  return {
    ...fields,
    id,
    type: 'function',
    function: {
      ...(typeof inner === 'object' ? inner : {}),
      name: sentNameOf(name),
      arguments: input,
    },
  };
}
