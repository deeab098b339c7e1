/** The provider for upstreams with OpenAI's responses API. */
import type { OpenAI } from 'openai';
import type { OpenAiUpstreamOptions } from './openai-options.ts';
import { RESPONSE_SHAPE } from './openai-responses-end.ts';
import { createResponseReader } from './openai-responses-events.ts';
import { toResponsesInput, toResponsesTool } from './openai-responses-input.ts';
import { createOpenAiUpstream, targetOf, type AddressedRequest, type OpenAiApi } from './openai-upstream.ts';
import type { Provider } from './provider.ts';
import type { RequestForm } from './request-form.ts';
import { responsesFieldsOf, type RequestSettings } from './request-settings.ts';

/** Options of `createOpenAiResponsesProvider`. */
export type OpenAiResponsesProviderOptions = OpenAiUpstreamOptions;

/**
 * Creates a provider for an upstream with OpenAI's responses API. Nothing is stored at the upstream: each request has the whole
 * context, and reasoning is given back in encrypted form. `extraBody` may say otherwise, with `store` and `include`. Only what is asked
 * for in the background is stored there: it has to be, so that it can be read again.
 * @throws {TypeError} when `baseUrl` or the proxy for it is not a URL, the URL ends in the path of a request or has a query, or a
 *   key is in quotes
 */
export const createOpenAiResponsesProvider = (options: OpenAiResponsesProviderOptions): Provider =>
  createOpenAiUpstream(options, RESPONSES);

/** A new response, or one in the background that is read again. */
type Body = OpenAI.Responses.ResponseCreateParamsStreaming | { resumedId: string };

const RESPONSES: OpenAiApi<Body> = {
  name: 'openai-responses',
  toBody,
  create: (client, body, options) =>
    'resumedId' in body
      ? client.responses.retrieve(body.resumedId, { stream: true }, options)
      : client.responses.create(body, options),
  background: {
    find: (client, id, options) => client.responses.retrieve(id, {}, options),
    cancel: (client, id, options) => client.responses.cancel(id, options),
  },
  quotable: (request) => toResponsesInput(request.messages, targetOf(request)),
  createChunkReader: createResponseReader,
  shape: RESPONSE_SHAPE,
};

function toBody(request: AddressedRequest, settings: RequestSettings, form: RequestForm): Body {
  const { model, messages, toolChoice = 'auto', background } = request;
  if (background?.resume !== undefined) return { resumedId: background.resume.id };
  const { encryptedReasoning } = form;
  // The API checks what the tools of the upstream are.
  const builtIn = (settings.builtInTools ?? []) as readonly unknown[] as readonly OpenAI.Responses.Tool[];
  const tools = [...builtIn, ...(request.tools ?? []).map(toResponsesTool)];
  return {
    store: false,
    ...(encryptedReasoning === 'wanted' ? { include: ['reasoning.encrypted_content'] } : {}),
    ...responsesFieldsOf(settings),
    model,
    ...toResponsesInput(messages, targetOf(request, form), form.systemRole),
    stream: true,
    ...(background === undefined ? {} : { background: true, store: true }),
    ...(tools.length === 0 ? {} : { tools, tool_choice: toolChoice }),
  };
}
