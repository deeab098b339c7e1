/** Any upstream that speaks OpenAI's chat completions, through the `openai` SDK, which nothing else imports. */
import { OpenAI, APIError } from 'openai';
import { ChatError } from '@rivulet/protocol';
import { systemClock, type Clock } from '../base/clock.ts';
import { createChunkReader } from './openai-chunks.ts';
import { toChatMessage, toChatTool } from './openai-messages.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './provider.ts';
import { readRetryAfterMs, upstreamError, type UpstreamFacts } from './upstream-error.ts';

export interface OpenAiProviderOptions {
  apiKey: string;
  /** Up to and with `/v1`; OpenAI's own when absent. The key goes to this host and no other: redirects are refused. */
  baseUrl?: string;
  model: string;
  /** Sent with every request, beside the SDK's own. */
  headers?: Record<string, string>;
  /** `include` (the default) asks for token counts; `omit` is for upstreams that answer 400 to `stream_options`. */
  usage?: 'include' | 'omit';
  fetch?: typeof globalThis.fetch;
  clock?: Clock;
}

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
/** The longest that a timer holds: 24.8 days. The SDK's timeout ends at the headers anyway, and the run owns all limits. */
const SDK_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws {TypeError} when `baseUrl` is no URL. */
export function createOpenAiProvider(options: OpenAiProviderOptions): Provider {
  const open = createDoor(options);
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
        // Also when the caller leaves in the middle: the upstream must not go on writing for nobody.
        upstream.end();
      }
    },
  };
}

interface Opened {
  contentType: string;
  /** One parsed SSE block each. Ends silently when it was aborted or the upstream hung up. */
  chunks: AsyncIterable<unknown>;
}

type Door = (request: ProviderRequest & { model: string }, signal: AbortSignal) => Promise<Opened>;

/**
 * The one place that touches the SDK's request and body reading, so that another reader can take its place (its own costs
 * about 80 us a delta, an undici one 16 to 26).
 */
function createDoor({ apiKey, baseUrl, headers, usage, fetch }: OpenAiProviderOptions): Door {
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl ?? OPENAI_BASE_URL,
    // All that the SDK would read from the environment by itself; only the executable reads it here.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    // A redirect is an answer like any other, one that is not ok; following it could hand the key to another host.
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
          // Upstreams refuse an empty list, and a choice without one.
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
    const what = 'sent no event stream; is the base URL right?';
    throw upstreamError({ ...facts, what, type: contentType.split(';')[0] });
  }
  yield { type: 'response-started' };
  const reader = createChunkReader();
  for await (const chunk of chunks) {
    if (signal.aborted) return;
    yield* reader.read(chunk);
  }
  // The SDK's loop ends in the same way for an abort, for a connection that was cut and for a whole answer.
  if (signal.aborted) return;
  const end = reader.end();
  if (end === 'no-finish-reason') throw new ChatError('upstream-truncated', { cause: end });
  if (end === 'overloaded') throw new ChatError('upstream-overloaded', { cause: end });
  if (end === 'failed') throw upstreamError({ ...facts, what: 'ended its answer as failed' });
  yield* end;
}

/** A controller that the given signal aborts, too, and that lets go of the signal when it ends. */
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
    // JSON that is none, or a connection that broke in the middle of the answer.
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
    // The upstream wrote these two; some write a number.
    code: asWord(code) ?? systemCode(error),
    type: asWord(type),
    requestId: requestID ?? undefined,
    words: message,
  };
  return upstreamError(facts, readRetryAfterMs(headers, nowMs));
}

/** Asked anew each time: the compiler takes a signal that was not aborted once for one that never is. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function asWord(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The `ECONNREFUSED` or `UND_ERR_SOCKET` at the bottom of a chain of causes. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const deeper = systemCode(error.cause);
  if (deeper !== undefined) return deeper;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
