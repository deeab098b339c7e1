/** The provider for upstreams with OpenAI's chat completions API. Only this module imports the `openai` SDK at run time. */
import { OpenAI, APIError } from 'openai';
import { ChatError } from '@rivulet/protocol';
import { type Clock, systemClock } from '../base/index.ts';
import { createChunkReader } from './openai-chunks.ts';
import { toChatMessage, toChatTool } from './openai-messages.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './provider.ts';
import { readRetryAfterMs, upstreamError, type UpstreamFacts } from './upstream-error.ts';

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
  /** Default: the global fetch. */
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
    async *stream(request, signal) {
      if (signal.aborted) return;
      const model = request.model ?? options.model;
      const upstream = linkedController(signal);
      try {
        yield* answer(await open({ ...request, model }, upstream.controller.signal), { host, model, signal });
      } catch (error) {
        if (isAborted(signal)) return;
        throw asChatError(error, { host, model }, clock.now());
      } finally {
        // Also cancels the upstream request when the caller stops iterating early.
        upstream.end();
      }
    },
  };
}

interface Opened {
  contentType: string;
  /** One parsed SSE event each. Ends without an error when it was aborted or the upstream closed the connection. */
  chunks: AsyncIterable<unknown>;
}

type Open = (request: ProviderRequest & { model: string }, signal: AbortSignal) => Promise<Opened>;

/**
 * The only place that uses the SDK to send requests and read bodies, so that another HTTP client can replace it (the SDK costs
 * about 80 us per delta, undici 16 to 26).
 */
function createOpener({ apiKey, baseUrl, headers, usage, fetch }: OpenAiProviderOptions): Open {
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
    // A redirect is treated as a failed response: following it could send the key to another host.
    fetchOptions: { redirect: 'manual' },
    ...(headers === undefined ? {} : { defaultHeaders: headers }),
    ...(fetch === undefined ? {} : { fetch }),
  });
  return async ({ model, messages, tools = [], toolChoice = 'auto' }, signal) => {
    const { data, response } = await client.chat.completions
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
      .withResponse();
    return { contentType: response.headers.get('content-type') ?? '', chunks: data };
  };
}

interface Call {
  host: string;
  model: string;
  signal: AbortSignal;
}

async function* answer({ contentType, chunks }: Opened, call: Call): AsyncGenerator<ProviderEvent> {
  const { signal, ...facts } = call;
  if (/^(text\/html|application\/json)/i.test(contentType)) {
    const what = 'sent no event stream. Check the base URL.';
    throw upstreamError({ ...facts, what, type: contentType.split(';')[0] });
  }
  yield { type: 'response-started' };
  const reader = createChunkReader();
  for await (const chunk of chunks) {
    if (signal.aborted) return;
    yield* reader.read(chunk);
  }
  // The SDK ends its loop in the same way after an abort, a lost connection and a complete answer.
  if (signal.aborted) return;
  const end = reader.end();
  if (end === 'no-finish-reason') throw new ChatError('upstream-truncated', { cause: end });
  if (end === 'overloaded') throw new ChatError('upstream-overloaded', { cause: end });
  if (end === 'failed') throw upstreamError({ ...facts, what: 'ended its answer as failed' });
  yield* end;
}

/** A controller that the given signal also aborts. `end` aborts it and removes the listener from the signal. */
function linkedController(signal: AbortSignal): { controller: AbortController; end: () => void } {
  const controller = new AbortController();
  const abort = () => {
    controller.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  return {
    controller,
    end: () => {
      signal.removeEventListener('abort', abort);
      controller.abort();
    },
  };
}

function asChatError(error: unknown, where: { host: string; model: string }, nowMs: number): ChatError {
  if (error instanceof ChatError) return error;
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

/** A function, because TypeScript would assume that `aborted` does not change between two checks. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

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
