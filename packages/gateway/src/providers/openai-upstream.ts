/** What the providers of both APIs of OpenAI share: how a request is sent, repaired and counted, and its answer opened. */
import { type Clock, systemClock } from '../base/index.ts';
import { createBodyReader } from './answer-body.ts';
import type { AnswerShape } from './answer-shape.ts';
import { isLocalUpstream, LOCAL_LIMITS } from './local-upstream.ts';
import { textsIn } from './logged-words.ts';
import { windowOfModel } from './model-windows.ts';
import { createAnswerReader, type Upstream } from './openai-answer.ts';
import type { ChunkReader, ChunkReaderOptions } from './openai-chunks.ts';
import { createBackground, type BackgroundApi } from './openai-background.ts';
import { createPost, type Create } from './openai-client.ts';
import { checkOptions, OPENAI_BASE_URL, secretsOf, type OpenAiUpstreamOptions } from './openai-options.ts';
import type { Provider, ProviderCaller, ProviderRequest } from './provider.ts';
import { createRequestForms, type RequestForm } from './request-form.ts';
import { mergeRequestSettings, secretHeadersOf, type RequestSettings } from './request-settings.ts';
import type { RoundsTarget } from './sent-rounds.ts';
import { StreamedAnswer, type OpenedAnswer } from './streamed-answer.ts';
import { reasonOf } from './upstream-error.ts';
import { requestIdIn, toChatError } from './upstream-failure.ts';
import { createUpstreamFetch } from './upstream-fetch.ts';
import { originOf } from './upstream-origin.ts';
import { proxyFor } from './upstream-proxy.ts';
import { checkReachable } from './upstream-reachability.ts';
import { ReportedFailure } from './upstream-report.ts';

/** A request with the upstream that it is sent to. */
export interface AddressedRequest extends ProviderRequest {
  model: string;
  /** Names the upstream in the metadata of its answers. */
  origin: string;
}

/** One of OpenAI's APIs: what is sent, and how the answers are read. */
export interface OpenAiApi<Body> {
  /** The name of the provider when it is given none, and of the adapter in the origin of its answers. */
  name: string;
  /** The body of a request. */
  toBody(request: AddressedRequest, settings: RequestSettings, form: RequestForm): Body;
  /** Calls the method of the SDK. */
  create: Create<Body>;
  /** The part of a request that may be quoted by an error. */
  quotable(request: AddressedRequest): unknown;
  createChunkReader(options: ChunkReaderOptions): ChunkReader;
  /** The methods of the SDK for responses that go on without a connection; absent when the API has none. */
  background?: BackgroundApi;
  shape: AnswerShape;
}

/** The upstream of a request, for what it is given back of its own answers. */
export const targetOf = (
  { origin, model, tools = [] }: AddressedRequest,
  { attached }: Pick<RequestForm, 'attached'> = { attached: 'own' },
): RoundsTarget => ({ origin: attached === 'own' ? origin : '', model, hasTools: tools.length > 0 });

/** Creates the provider of one API. @throws {TypeError} as `createOpenAiProvider` */
export function createOpenAiUpstream<Body>(options: OpenAiUpstreamOptions, api: OpenAiApi<Body>): Provider {
  checkOptions(options);
  const background = api.background && createBackground(options, { name: api.name, api: api.background });
  const open = createOpener(options, api);
  const { baseUrl = OPENAI_BASE_URL } = options;
  const { host, hostname, port, protocol } = new URL(baseUrl);
  const defaultPort = protocol === 'http:' ? 80 : 443;
  const clock = options.clock ?? systemClock;
  return {
    name: options.name ?? api.name,
    secrets: () => secretsOf(options),
    server: { host: hostname, port: port === '' ? defaultPort : Number(port) },
    maxRequests: options.maxRequests,
    upstreamOf: ({ model = options.model }) =>
      `${options.name === undefined ? '' : `${options.name}: `}${host} ${model}`,
    ...(isLocalUpstream(baseUrl) ? { limits: LOCAL_LIMITS } : {}),
    check: () => checkReachable(proxyFor(baseUrl, options.proxy) ?? new URL(baseUrl)),
    modelLimits({ model = options.model, settings }) {
      const base = options.request ?? {};
      // The window of the provider is that of its own model.
      const { contextWindowTokens: _ofOwnModel, ...others } = base;
      const merged = mergeRequestSettings(model === options.model ? base : others, settings);
      return {
        windowTokens: merged.contextWindowTokens ?? windowOfModel(model),
        answerTokens: merged.maxCompletionTokens ?? merged.maxTokens,
      };
    },
    modelsOf: ({ model = options.model }) => [model],
    ...(background === undefined ? {} : { background }),
    stream(request, signal, onActivity) {
      const model = request.model ?? options.model;
      const addressed = { ...request, model, origin: originOf(api.name, baseUrl, model) };
      const secrets = {
        keys: [...secretsOf(options), ...secretHeadersOf(request.settings)],
        texts: () => textsIn(api.quotable(addressed)),
      };
      const where = { host, model, secrets };
      return new StreamedAnswer({
        open: (upstreamSignal) => open(addressed, where, upstreamSignal),
        toChatError: (error) => toChatError(error, where, clock.now()),
        onActivity,
        signal,
        clock,
      });
    },
  };
}

type Open = (request: AddressedRequest, where: Upstream, signal: AbortSignal) => Promise<OpenedAnswer>;

/** The SDK builds the requests. It reads neither the answers, which would cost several times the CPU, nor the failures. */
function createOpener<Body>(options: OpenAiUpstreamOptions, api: OpenAiApi<Body>): Open {
  const { baseUrl = OPENAI_BASE_URL, thinkTags, clock = systemClock } = options;
  const { fetch, bodyOf, errorTextOf } = createUpstreamFetch(options.fetch, proxyFor(baseUrl, options.proxy));
  const fetchAnswer: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    const { status, headers } = response;
    throw new ReportedFailure(await errorTextOf(response), { status, headers });
  };
  const send = createSender(options, { api, fetch: fetchAnswer, clock });
  return async (request, where, signal) => {
    const ask = () => send(request, where, signal);
    const trace = request.caller?.trace;
    const response = await counted(request, signal, trace === undefined ? ask : () => trace.run(ask));
    const answeredAs = requestIdIn(response.headers, where.secrets);
    if (answeredAs !== undefined) request.caller?.upstreamRequestIds?.push(answeredAs);
    const toolNames = new Set(request.tools?.map(({ name }) => name));
    const { resume, onResponse } = request.background ?? {};
    // What was attached to an answer is for the model that wrote it, which may not be the model of the site any more.
    const { origin } = resume ?? request;
    const onResponseId = resume === undefined ? (id: string) => onResponse?.({ origin, id }) : undefined;
    const chunks = api.createChunkReader({ toolNames, thinkTags, origin, onResponseId });
    const answer = createAnswerReader(where, response.headers, chunks);
    return { body: bodyOf(response), reader: createBodyReader(answer, response.headers, api.shape) };
  };
}

type Send = (request: AddressedRequest, where: Upstream, signal: AbortSignal) => Promise<Response>;

/** Sends a request, and once more in another form as long as the upstream refuses it because of its form. */
function createSender<Body>(
  options: OpenAiUpstreamOptions,
  { api, fetch, clock }: { api: OpenAiApi<Body>; fetch: typeof globalThis.fetch; clock: Clock },
): Send {
  const post = createPost(options, fetch, api.create);
  const forms = createRequestForms(clock, options.onSystemRoleRefused);
  return async (request, where, signal) => {
    const settings = mergeRequestSettings(options.request ?? {}, request.settings);
    const { extraHeaders, systemRole = 'system' } = settings;
    const headers = { ...headersOf(request.caller), ...extraHeaders };
    for (let form = forms.first(request.model, systemRole); ;) {
      try {
        return await post(api.toBody(request, settings, form), { headers, signal });
      } catch (error) {
        const next = forms.next(request, form, reasonOf(toChatError(error, where, clock.now())));
        if (next === undefined) throw error;
        form = next;
      }
    }
  };
}

/**
 * The first id is read by proxies and by servers such as vLLM and LiteLLM, the second is OpenAI's. Headers that are configured replace
 * all of them.
 */
function headersOf(caller: ProviderCaller | undefined): Record<string, string> {
  const requestId = caller?.requestId;
  const ids = requestId === undefined ? {} : { 'x-request-id': requestId, 'x-client-request-id': requestId };
  return { ...caller?.trace?.headers, ...ids };
}

/** A request that was cancelled while its answer had not begun may have cost something, one that was refused has not. */
async function counted(
  { onCall, model }: AddressedRequest,
  signal: AbortSignal,
  work: () => Promise<Response>,
): Promise<Response> {
  const withdraw = onCall?.(model);
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) withdraw?.();
    throw error;
  }
}
