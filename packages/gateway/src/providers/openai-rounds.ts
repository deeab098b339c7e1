/** Converts the model's own messages, its calls and their outputs to the format of the chat completions API, for one upstream. */
import { createHash } from 'node:crypto';
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionToolMessageParam,
} from 'openai/resources/chat/completions';
import type { CallMetadata } from './provider-metadata.ts';
import type { ProviderCall, ProviderMessage } from './provider.ts';

type Of<Role extends ProviderMessage['role']> = Extract<ProviderMessage, { role: Role }>;

/** The upstream that a request is sent to. */
export interface RoundsTarget {
  /** Metadata of other origins is left out. */
  origin: string;
  model: string;
  /** Whether the model may call tools. */
  hasTools: boolean;
}

/** Converts the assistant and tool messages of one request. */
export interface RoundsConverter {
  toAssistant(message: Of<'assistant'>): ChatCompletionAssistantMessageParam;
  toTool(message: Of<'tool'>): ChatCompletionToolMessageParam;
}

/** Models that accept only calls with an id of nine letters and digits, also when the upstream itself gave another one. */
const MISTRAL = /mistral|mixtral|magistral|ministral|devstral|codestral|pixtral|voxtral/i;
const STRICT_ID = /^[A-Za-z0-9]{9}$/;
/** OpenAI accepts at most 40 characters, Anthropic only these. */
const USUAL_ID = /^[\w.:-]{1,40}$/;
/** Ids that mean something: Kimi reads the name of the tool from it, and LiteLLM keeps a signature in it. */
const MEANINGFUL_ID = /^functions\.[\w-]+:\d+$|__thought__/;
/** What OpenAI accepts as a name of a function. */
const NOT_IN_A_NAME = /[^\w-]/g;
const MAX_NAME_CHARS = 64;

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

/** The message without what another upstream attached to it. */
function ownOf(message: Of<'assistant'>, { origin }: RoundsTarget): Of<'assistant'> {
  if (message.metadata?.origin === origin) return message;
  const { metadata: _metadata, reasoning: _reasoning, ...rest } = message;
  return rest;
}

/**
 * The ids of the calls for the upstream: its own one where that is usable and no earlier call has it, because some upstreams number
 * the calls of each answer from 0; else the gateway's.
 */
function callIdsOf(messages: readonly Of<'assistant'>[], model: string): ReadonlyMap<string, string> {
  const isUsable = (id: string) =>
    MISTRAL.test(model) ? STRICT_ID.test(id) : USUAL_ID.test(id) || MEANINGFUL_ID.test(id);
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const { calls = [], metadata } of messages) {
    const given = new Map(metadata?.calls?.map(({ callId, upstreamId }) => [callId, upstreamId]));
    for (const { callId } of calls) {
      const candidates = [given.get(callId) ?? '', callId, shortIdOf(callId)];
      const id = candidates.find((one) => isUsable(one) && !taken.has(one)) ?? callId;
      taken.add(id);
      ids.set(callId, id);
    }
  }
  return ids;
}

const STRICT_ID_CHARS = 9;
/** An id that every upstream accepts, for calls that an older gateway or another provider named. */
const shortIdOf = (callId: string): string =>
  createHash('sha256').update(callId).digest('hex').slice(0, STRICT_ID_CHARS);

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
      // A model may call a tool that does not exist, under any name.
      name: name.replaceAll(NOT_IN_A_NAME, '_').slice(0, MAX_NAME_CHARS) || '_',
      arguments: input,
    },
  };
}
