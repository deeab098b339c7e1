/** The provider for upstreams with OpenAI's chat completions API. */
import { OpenAI, APIError } from 'openai';
import { ChatError } from '@rivulet/protocol';
import { type Clock, systemClock } from '../base/index.ts';
import { createAnswerReader, type Upstream } from './openai-answer.ts';
import { toChatMessage, toChatTool } from './openai-messages.ts';
import type { Provider, ProviderRequest } from './provider.ts';
import { SseEventTooLongError } from './sse-reader.ts';
import { StreamedAnswer, type OpenedAnswer } from './streamed-answer.ts';
import { readRetryAfterMs, upstreamError, type UpstreamFacts } from './upstream-error.ts';
import { createUpstreamFetch } from './upstream-fetch.ts';

/** Options of `createOpenAiProvider`. */
export interface OpenAiProviderOptions {
  apiKey: string;
  /** Including `/v1`. The key is sent to this host only: redirects are not followed. Default: OpenAI's API. */
  baseUrl?: string;
  /** Used when a request names no model. */
  model: string;
  /** Sent with every request, in addition to those of the SDK. */
  headers?: Record<string, string>;
  /** `include` requests token counts; `omit` is for upstreams that reject `stream_options` with 400. Default: `include`. */
  usage?: 'include' | 'omit';
  /** Replaces the HTTP client, for example with the global fetch for a proxy or a test; it costs more CPU. Default: undici. */
  fetch?: typeof globalThis.fetch;
  /** Default: the system clock. */
  clock?: Clock;
}

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
/** The longest delay of a timer, 24.8 days: `withProviderTimeouts` sets all limits. */
const SDK_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Creates a provider for an upstream with OpenAI's chat completions API.
 * @throws {TypeError} when `baseUrl` is not a URL.
 */
export function createOpenAiProvider(options: OpenAiProviderOptions): Provider {
  const open = createOpener(options);
  const host = new URL(options.baseUrl ?? OPENAI_BASE_URL).host;
  const clock = options.clock ?? systemClock;
  return {
    name: 'openai',
    stream(request, signal) {
      const model = request.model ?? options.model;
      const where = { host, model };
      return new StreamedAnswer({
        open: (upstreamSignal) => open({ ...request, model }, where, upstreamSignal),
        toChatError: (error) => asChatError(error, where, clock.now()),
        signal,
        clock,
      });
    },
  };
}

type Open = (
  request: ProviderRequest & { model: string },
  where: Upstream,
  signal: AbortSignal,
) => Promise<OpenedAnswer>;

/** The SDK builds the requests and the errors. It does not read the answers: its parser costs several times the CPU. */
function createOpener({ apiKey, baseUrl, headers, usage, fetch: custom }: OpenAiProviderOptions): Open {
  const { fetch, bodyOf } = createUpstreamFetch(custom);
  const client = new OpenAI({
    apiKey,
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
    ...(headers === undefined ? {} : { defaultHeaders: headers }),
  });
  return async ({ model, messages, tools = [], toolChoice = 'auto' }, where, signal) => {
    const response = await client.chat.completions
      .create(
        {
          model,
          messages: messages.map(toChatMessage),
          stream: true,
          // Upstreams reject an empty list of tools, and a tool choice without tools.
          ...(tools.length === 0 ? {} : { tools: tools.map(toChatTool), tool_choice: toolChoice }),
          ...(usage === 'omit' ? {} : { stream_options: { include_usage: true } }),
        },
        { signal },
      )
      .asResponse();
    const body = bodyOf(response);
    const contentType = response.headers.get('content-type') ?? '';
    if (/^(text\/html|application\/json)/i.test(contentType)) {
      body.destroy();
      const what = 'sent no event stream. Check the base URL.';
      throw upstreamError({ ...where, what, type: contentType.split(';')[0] });
    }
    return { body, reader: createAnswerReader(where, response.headers) };
  };
}

function asChatError(error: unknown, where: Upstream, nowMs: number): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof SseEventTooLongError)
    return upstreamError({ ...where, what: 'sent an event of more than 16 Mi characters' });
  if (!(error instanceof APIError)) {
    // Invalid JSON, or a connection that broke in the middle of the answer.
    return upstreamError({
      ...where,
      what: 'broke its answer',
      code: systemCode(error),
      words: String(error),
    });
  }
  const { status, headers, requestID, code, type, message } = error as APIError;
  const facts: UpstreamFacts = {
    ...where,
    status,
    // The upstream wrote these two, and some upstreams write a number.
    code: asText(code) ?? systemCode(error),
    type: asText(type),
    requestId: requestID ?? undefined,
    words: message,
  };
  return upstreamError(facts, readRetryAfterMs(headers, nowMs));
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The `ECONNREFUSED` or `UND_ERR_SOCKET` at the bottom of a chain of causes. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const deeper = systemCode(error.cause);
  if (deeper !== undefined) return deeper;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
