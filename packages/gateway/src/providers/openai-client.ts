/** Sends requests through the `openai` SDK, with the key whose turn it is. The SDK reads neither the answers nor the failures. */
import { OpenAI } from 'openai';
import { systemClock } from '../base/index.ts';
import { createApiKeys } from './api-keys.ts';
import { OPENAI_BASE_URL, type OpenAiUpstreamOptions } from './openai-options.ts';
import { reportedFailureIn, waitMsOf } from './upstream-failure.ts';
import { readReport } from './upstream-report.ts';

/** What a request is sent with. */
export interface SendOptions {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** Calls a method of the SDK. */
export type Create<Body> = (
  client: OpenAI,
  body: Body,
  options: SendOptions,
) => { asResponse(): Promise<Response> };

/** Sends one request. */
export type Post<Body> = (body: Body, options: SendOptions) => Promise<Response>;

/** The longest delay of a timer, 24.8 days: `withProviderTimeouts` sets all limits. */
const SDK_TIMEOUT_MS = 2 ** 31 - 1;

/** Creates what sends the requests: with the key whose turn it is, and with the next one as long as the upstream refuses the key. */
export function createPost<Body>(
  options: OpenAiUpstreamOptions,
  fetch: typeof globalThis.fetch,
  create: Create<Body>,
): Post<Body> {
  const { apiKey, clock = systemClock, onKeyRefused } = options;
  const client = createClient(options, fetch);
  const list = typeof apiKey === 'string' ? [apiKey] : apiKey;
  const keys = createApiKeys(list, { clock, onRefused: onKeyRefused });
  return async (body, { headers, signal }) => {
    const places = keys.turn();
    for (;;) {
      const place = places.shift() ?? 0;
      const authorized = { authorization: `Bearer ${keys.at(place)}`, ...headers };
      try {
        return await create(client, body, { signal, headers: authorized }).asResponse();
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

function createClient({ apiKey, baseUrl }: OpenAiUpstreamOptions, fetch: typeof globalThis.fetch): OpenAI {
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
