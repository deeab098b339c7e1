/** One question to a moderation service: sent, and repeated when that can help. */
import { text as readText } from 'node:stream/consumers';
import type { RandomBytes } from '@rivulet/protocol';
import { abortable, type Clock } from '../base/index.ts';
import { readRetryAfterMs } from '../providers/retry-after.ts';
import type { UpstreamFetch } from '../providers/upstream-fetch.ts';
import { retryWaitMs } from '../providers/upstreams/retry-wait.ts';

/** What a request needs. */
export interface ModerationRequestOptions {
  http: UpstreamFetch;
  clock: Clock;
  random: RandomBytes;
}

/** The request. */
export interface ModerationRequest {
  url: string;
  apiKey: string;
  model: string;
  /** JSON. */
  body: string;
}

/** The service could not be reached or refused the request. It holds nothing that was sent or answered. */
export class ModerationServiceError extends Error {
  override readonly name = 'ModerationServiceError';
  /** Undefined when there was no response. */
  readonly status: number | undefined;
  readonly host: string;
  readonly model: string;

  constructor({ url, model }: ModerationRequest, status: number | undefined, cause?: unknown) {
    super(status === undefined ? 'the moderation service could not be reached' : `status ${status}`, {
      cause,
    });
    [this.status, this.host, this.model] = [status, new URL(url).host, model];
  }
}

/** As the requests to the model. */
const MAX_RETRIES = 2;
/** The answers are short; a body without end is not read to its end. */
const MAX_ANSWER_CHARS = 1_048_576;

/**
 * Sends the request, at most three times. The caller limits the time with the signal.
 * @returns the answer, as JSON
 * @throws {ModerationServiceError} when the last attempt failed, or a repetition cannot help
 * @throws {SyntaxError} when the answer is no JSON
 */
export async function askWithRetries(
  options: ModerationRequestOptions,
  request: ModerationRequest,
  signal: AbortSignal,
): Promise<unknown> {
  for (let retry = 1; ; retry += 1) {
    const outcome = await attempt(options, request, signal);
    if ('answer' in outcome) return JSON.parse(outcome.answer);
    signal.throwIfAborted();
    const { error, saidMs } = outcome;
    if (retry > MAX_RETRIES || !mayRepeat(error.status)) throw error;
    await wait(options.clock, retryWaitMs({ retry, saidMs }, options.random), signal);
  }
}

type Outcome = { answer: string } | { error: ModerationServiceError; saidMs: number | undefined };

async function attempt(
  { http, clock }: ModerationRequestOptions,
  request: ModerationRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { url, apiKey, body } = request;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  try {
    const response = await http.fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    if (response.ok) return { answer: await readAnswer(http, response, signal) };
    await http.errorTextOf(response); // so that the connection can be used again
    const saidMs = readRetryAfterMs(response.headers, clock.now());
    return { error: new ModerationServiceError(request, response.status), saidMs };
  } catch (error) {
    return { error: new ModerationServiceError(request, undefined, error), saidMs: undefined };
  }
}

async function readAnswer(http: UpstreamFetch, response: Response, signal: AbortSignal): Promise<string> {
  const body = http.bodyOf(response);
  const abort = () => {
    body.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  let chars = 0;
  body.on('data', (piece: Uint8Array) => {
    chars += piece.length;
    if (chars > MAX_ANSWER_CHARS) body.destroy(new RangeError('the answer is too long'));
  });
  try {
    return await abortable(signal, readText(body));
  } finally {
    signal.removeEventListener('abort', abort);
    body.destroy();
  }
}

/** No response, or a status that says that it was the moment. Never a refused key, and never a refused request. */
const mayRepeat = (status: number | undefined): boolean =>
  status === undefined || status === 408 || status === 429 || status >= 500;

/** Ends with the signal. */
async function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  let cancel: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    const timer = clock.after(delayMs, resolve);
    cancel = () => {
      timer.cancel();
    };
  });
  try {
    await abortable(signal, over);
  } finally {
    cancel();
  }
}
