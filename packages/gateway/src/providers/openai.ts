/** The provider for upstreams with OpenAI's chat completions API. */
import type { OpenAI } from 'openai';
import { createChunkReader } from './openai-chunks.ts';
import { CHAT_SHAPE } from './openai-delta.ts';
import { toChatMessages, toChatTool } from './openai-messages.ts';
import type { OpenAiUpstreamOptions } from './openai-options.ts';
import { createOpenAiUpstream, targetOf, type AddressedRequest, type OpenAiApi } from './openai-upstream.ts';
import type { Provider } from './provider.ts';
import type { RequestForm } from './request-form.ts';
import { bodyFieldsOf, type RequestSettings } from './request-settings.ts';

/** Options of `createOpenAiProvider`. */
export interface OpenAiProviderOptions extends OpenAiUpstreamOptions {
  /** `include` requests token counts; `omit` is for upstreams that reject `stream_options` with 400. Default: `include`. */
  usage?: 'include' | 'omit';
}

/**
 * Creates a provider for an upstream with OpenAI's chat completions API.
 * @throws {TypeError} when `baseUrl` or the proxy for it is not a URL, the URL ends in the path of a request or has a query, or a
 *   key is in quotes
 */
export function createOpenAiProvider(options: OpenAiProviderOptions): Provider {
  return createOpenAiUpstream(options, chatCompletions(options.usage));
}

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

const chatCompletions = (usage: OpenAiProviderOptions['usage']): OpenAiApi<Body> => ({
  name: 'openai',
  toBody: (request, settings, form) => bodyOf(request, { settings, form, usage }),
  create: (client, body, options) => client.chat.completions.create(body, options),
  quotable: (request) => toChatMessages(request.messages, targetOf(request)),
  createChunkReader,
  shape: CHAT_SHAPE,
});

interface BodyOptions {
  settings: RequestSettings;
  form: RequestForm;
  usage: OpenAiProviderOptions['usage'];
}

function bodyOf(request: AddressedRequest, { settings, form, usage }: BodyOptions): Body {
  const { model, messages, tools = [], toolChoice = 'auto' } = request;
  return {
    ...bodyFieldsOf(settings),
    model,
    messages: toChatMessages(messages, targetOf(request, form), form.systemRole),
    stream: true,
    // Upstreams reject an empty list of tools, and a tool choice without tools.
    ...(tools.length === 0 ? {} : { tools: tools.map(toChatTool), tool_choice: toolChoice }),
    ...(usage === 'omit' ? {} : { stream_options: { include_usage: true } }),
  };
}
