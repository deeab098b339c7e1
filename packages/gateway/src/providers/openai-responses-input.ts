/** Converts provider messages and tools to the format of the responses API. */
import type {
  FunctionTool,
  ResponseFunctionToolCall,
  ResponseInputContent,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import { questionPartsOf, type QuestionPart } from './file-parts.ts';
import { placeItems } from './openai-responses-items.ts';
import type { CallMetadata } from './provider-metadata.ts';
import type { ProviderCall, ProviderMessage, ProviderTool } from './provider.ts';
import { ANY_UPSTREAM, callIdsOf, ownOf, sentNameOf, type RoundsTarget } from './sent-rounds.ts';
import { withPromptAsQuestion, type SystemRole } from './system-roles.ts';

/** The conversation in a request. */
export interface ResponsesInput {
  /** The system prompt, in the role `system`. */
  instructions?: string;
  input: ResponseInputItem[];
}

/**
 * Converts the messages of a request. The system prompt becomes the instructions in the role `system`, a message of its own in the
 * role `developer`, and is put before the first question in the role `user`.
 */
export function toResponsesInput(
  messages: readonly ProviderMessage[],
  target: RoundsTarget = ANY_UPSTREAM,
  systemRole: SystemRole = 'system',
): ResponsesInput {
  const own = messages.map((message) => (message.role === 'assistant' ? ownOf(message, target) : message));
  const ids = callIdsOf(
    own.filter((message) => message.role === 'assistant'),
    target.model,
  );
  const convert = (message: ProviderMessage) => toItems(message, ids);
  const [first, ...rest] = own;
  if (first?.role !== 'system') return { input: own.flatMap(convert) };
  if (systemRole === 'system') return { instructions: first.text, input: rest.flatMap(convert) };
  if (systemRole === 'user') return { input: withPromptAsQuestion(own).flatMap(convert) };
  return { input: [{ role: 'developer', content: first.text }, ...rest.flatMap(convert)] };
}

/** Converts a tool. Without `strict: false`, the API demands schemas in which every property is required. */
export const toResponsesTool = ({ name, description, parameters }: ProviderTool): FunctionTool => ({
  type: 'function',
  name,
  description,
  parameters: { ...parameters },
  strict: false,
});

function toItems(message: ProviderMessage, ids: ReadonlyMap<string, string>): ResponseInputItem[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.text }];
    case 'tool':
      return [
        {
          type: 'function_call_output',
          call_id: ids.get(message.callId) ?? message.callId,
          output: message.text,
        },
      ];
    case 'user': {
      const parts = questionPartsOf(message);
      return [{ role: 'user', content: typeof parts === 'string' ? parts : parts.map(toContent) }];
    }
    case 'assistant': {
      const { text, calls = [], metadata } = message;
      const attached = new Map(metadata?.calls?.map((call) => [call.callId, call]));
      return placeItems(metadata, {
        text,
        calls: calls.map((call) =>
          toCall(call, ids.get(call.callId) ?? call.callId, attached.get(call.callId)),
        ),
      });
    }
  }
}

const toCall = (
  { name, input }: ProviderCall,
  id: string,
  attached: CallMetadata | undefined,
): ResponseFunctionToolCall => ({
  ...attached?.fields,
  type: 'function_call',
  call_id: id,
  name: sentNameOf(name),
  arguments: input,
});

function toContent(part: QuestionPart): ResponseInputContent {
  switch (part.kind) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', image_url: part.url, detail: 'auto' };
    case 'file':
      return { type: 'input_file', filename: part.name, file_data: part.url };
  }
}
