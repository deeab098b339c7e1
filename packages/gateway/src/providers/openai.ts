/** The provider for upstreams with OpenAI's chat completions API. */
import { OpenAI } from 'openai';
import { type Clock, systemClock } from '../base/index.ts';
import { apiKeyProblem, baseUrlProblem } from './base-url.ts';
import { createBodyReader } from './answer-body.ts';
import { createApiKeys, type RefusedKey } from './api-keys.ts';
import { createAnswerReader, type Upstream } from './openai-answer.ts';
import { isLocalUpstream, LOCAL_LIMITS } from './local-upstream.ts';
import { textsIn } from './logged-words.ts';
import { windowOfModel } from './model-windows.ts';
import { toChatMessages, toChatTool } from './openai-messages.ts';
import type { RoundsTarget } from './openai-rounds.ts';
import type { Provider, ProviderRequest } from './provider.ts';
import {
  bodyFieldsOf,
  mergeRequestSettings,
  secretHeadersOf,
  type RequestSettings,
} from './request-settings.ts';
import { StreamedAnswer, type OpenedAnswer } from './streamed-answer.ts';
import { createSystemRoles, type RefusedRole } from './system-roles.ts';
import { reasonOf } from './upstream-error.ts';
import { reportedFailureIn, toChatError, waitMsOf } from './upstream-failure.ts';
import { createUpstreamFetch } from './upstream-fetch.ts';
import { originOf } from './upstream-origin.ts';
import { proxyFor, type UpstreamProxy } from './upstream-proxy.ts';
import { checkReachable } from './upstream-reachability.ts';
import { readReport, ReportedFailure } from './upstream-report.ts';

/** Options of `createOpenAiProvider`. */
export interface OpenAiProviderOptions {
  /** One key, or several that requests use in turn. A key that the upstream refuses rests, and another one is tried at once. */
  apiKey: string | readonly string[];
  /** Including `/v1`. The key is sent to this host only: redirects are not followed. Default: OpenAI's API. */
  baseUrl?: string;
  /** Used when a request names no model. */
  model: string;
  /**
   * The name in logs and metrics, for one of several providers. Those with the same host and model but different names have circuit
   * breakers and limits of their own. Default: `openai`.
   */
  name?: string | undefined;
  /** How many requests the upstream answers at once, for each of its models; others wait. Default: `limits.maxUpstreamRequests`. */
  maxRequests?: number | undefined;
  /** The settings of every request, which those of a request replace one by one. Default: those of the upstream. */
  request?: RequestSettings;
  /** Called when the upstream refuses one of several keys, with its place in the list. */
  onKeyRefused?: (refused: RefusedKey) => void;
  /**
   * Called when a model refuses the role of the system prompt. The request is repeated at once with the prompt in another role, which
   * is used for an hour.
   */
  onSystemRoleRefused?: (refused: RefusedRole) => void;
  /** `include` requests token counts; `omit` is for upstreams that reject `stream_options` with 400. Default: `include`. */
  usage?: 'include' | 'omit';
  /**
   * `auto`: reasoning that the model writes into its answer between tags, such as `<think>`, becomes reasoning. `off`: it stays
   * text, for models that are asked to write such tags. Default: `auto`.
   */
  thinkTags?: 'auto' | 'off';
  /** The proxies through which the upstream is called. Default: none; only the executable reads them from the environment. */
  proxy?: UpstreamProxy | undefined;
  /** Replaces the HTTP client, for example with the global fetch for a test; it costs more CPU. Default: undici. */
  fetch?: typeof globalThis.fetch;
  /** Default: the system clock. */
  clock?: Clock;
}

/** The upstream of a provider that is given none. */
export const OPENAI_BASE_URL = 'https://api.openai.com/v1';
/** The longest delay of a timer, 24.8 days: `withProviderTimeouts` sets all limits. */
const SDK_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Creates a provider for an upstream with OpenAI's chat completions API.
 * @throws {TypeError} when `baseUrl` or the proxy for it is not a URL, the URL ends in the path of a request or has a query, or a
 *   key is in quotes
 */
export function createOpenAiProvider(options: OpenAiProviderOptions): Provider {
  checkOptions(options);
  const open = createOpener(options);
  const { baseUrl = OPENAI_BASE_URL } = options;
  const { host } = new URL(baseUrl);
  const clock = options.clock ?? systemClock;
  return {
    name: options.name ?? 'openai',
    secrets: () => secretsOf(options),
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
    stream(request, signal, onActivity) {
      const model = request.model ?? options.model;
      const addressed = { ...request, model, origin: originOf('openai', baseUrl, model) };
      const secrets = {
        keys: [...secretsOf(options), ...secretHeadersOf(request.settings)],
        texts: () => textsIn(toChatMessages(addressed.messages, targetOf(addressed))),
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

function checkOptions({ apiKey, baseUrl }: OpenAiProviderOptions): void {
  const [keyProblem] = [apiKey].flat().flatMap((key) => apiKeyProblem(key) ?? []);
  const problem = keyProblem ?? (baseUrl === undefined ? undefined : baseUrlProblem(baseUrl));
  if (problem !== undefined) throw new TypeError(problem);
}

/** The keys, and the values of further headers that are keys by their names. */
function secretsOf({ apiKey, request, proxy }: OpenAiProviderOptions): string[] {
  const passwords = [proxy?.http, proxy?.https].map((url) => URL.parse(url ?? '')?.password ?? '');
  return [...[apiKey].flat(), ...secretHeadersOf(request), ...passwords];
}

/** A request with the upstream that it is sent to. */
interface AddressedRequest extends ProviderRequest {
  model: string;
  /** Names the upstream in the metadata of its answers. */
  origin: string;
}

const targetOf = ({ origin, model, tools = [] }: AddressedRequest): RoundsTarget => ({
  origin,
  model,
  hasTools: tools.length > 0,
});

type Open = (request: AddressedRequest, where: Upstream, signal: AbortSignal) => Promise<OpenedAnswer>;

/** The SDK builds the requests. It reads neither the answers, which would cost several times the CPU, nor the failures. */
function createOpener(options: OpenAiProviderOptions): Open {
  const { fetch, bodyOf, errorTextOf } = createUpstreamFetch(
    options.fetch,
    proxyFor(options.baseUrl ?? OPENAI_BASE_URL, options.proxy),
  );
  const fetchAnswer: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    const { status, headers } = response;
    throw new ReportedFailure(await errorTextOf(response), { status, headers });
  };
  const post = createPost(options, createClient(options, fetchAnswer));
  const { thinkTags, clock = systemClock } = options;
  const roles = createSystemRoles(clock, options.onSystemRoleRefused);
  const postInAnyRole = async (request: AddressedRequest, where: Upstream, signal: AbortSignal) => {
    const merged = mergeRequestSettings(options.request ?? {}, request.settings);
    const { extraHeaders = {}, systemRole: configured = 'system' } = merged;
    for (let systemRole = roles.roleFor(request.model, configured); ;) {
      try {
        return await post(
          bodyOfRequest(request, { ...merged, systemRole }, options.usage),
          extraHeaders,
          signal,
        );
      } catch (error) {
        const isRefused = reasonOf(toChatError(error, where, clock.now())) === 'system-role-refused';
        const hasPrompt = request.messages[0]?.role === 'system';
        const next = isRefused && hasPrompt ? roles.refuse(request.model, systemRole) : undefined;
        if (next === undefined) throw error;
        systemRole = next;
      }
    }
  };
  return async (request, where, signal) => {
    const response = await counted(request, signal, () => postInAnyRole(request, where, signal));
    const toolNames = new Set(request.tools?.map(({ name }) => name));
    const { origin } = request;
    const answer = createAnswerReader(where, response.headers, { toolNames, thinkTags, origin });
    return { body: bodyOf(response), reader: createBodyReader(answer, response.headers) };
  };
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

function createClient({ apiKey, baseUrl }: OpenAiProviderOptions, fetch: typeof globalThis.fetch): OpenAI {
  return new OpenAI({
    // Replaced in each request when there are several.
    apiKey: typeof apiKey === 'string' ? apiKey : (apiKey[0] ?? ''),
    baseURL: baseUrl ?? OPENAI_BASE_URL,
    // Keeps the SDK from reading these from the environment, which only the gateway's executable reads.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    fetch,
    // A redirect is treated as a failed response: following it could send the key to another host.
    fetchOptions: { redirect: 'manual' },
  });
}

type Body = OpenAI.ChatCompletionCreateParamsStreaming;

function bodyOfRequest(
  request: AddressedRequest,
  settings: RequestSettings,
  usage: OpenAiProviderOptions['usage'],
): Body {
  const { model, messages, tools = [], toolChoice = 'auto' } = request;
  return {
    ...bodyFieldsOf(settings),
    model,
    messages: toChatMessages(messages, targetOf(request), settings.systemRole),
    stream: true,
    // Upstreams reject an empty list of tools, and a tool choice without tools.
    ...(tools.length === 0 ? {} : { tools: tools.map(toChatTool), tool_choice: toolChoice }),
    ...(usage === 'omit' ? {} : { stream_options: { include_usage: true } }),
  };
}

type Post = (body: Body, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>;

/** Sends the request with the key whose turn it is, and with the next one as long as the upstream refuses the key. */
function createPost(options: OpenAiProviderOptions, client: OpenAI): Post {
  const { apiKey, clock = systemClock, onKeyRefused } = options;
  const list = typeof apiKey === 'string' ? [apiKey] : apiKey;
  const keys = createApiKeys(list, { clock, onRefused: onKeyRefused });
  return async (body, headers, signal) => {
    const places = keys.turn();
    for (;;) {
      const place = places.shift() ?? 0;
      const authorized = { authorization: `Bearer ${keys.at(place)}`, ...headers };
      try {
        return await client.chat.completions.create(body, { signal, headers: authorized }).asResponse();
      } catch (error) {
        if (!isKeyRefused(error, place) || places.length === 0) throw error;
      }
    }
  };

  function isKeyRefused(error: unknown, place: number): boolean {
    const failure = reportedFailureIn(error);
    if (failure === undefined) return false;
    const { status, report } = failure;
    const { words = '' } = readReport(report, clock.now());
    return keys.isRefused(place, { status, retryAfterMs: waitMsOf(failure, clock.now()), words });
  }
}
