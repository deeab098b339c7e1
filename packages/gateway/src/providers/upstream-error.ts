/** Maps a failed upstream call to a ChatError for the visitor, with facts for the operator's log in its cause. */
import { ChatError, type ErrorCode } from '@rivulet/protocol';

/** What is known about a failed call. Everything except host and model comes from the upstream and is not trusted. */
export interface UpstreamFacts {
  host: string;
  model: string;
  /** The HTTP status; absent without a response, or when the stream failed after its headers. */
  status?: number | undefined;
  /** A code of the upstream or of the system: `invalid_api_key`, `ECONNREFUSED`. */
  code?: string | undefined;
  type?: string | undefined;
  requestId?: string | undefined;
  /** The upstream's error text: it may quote the prompt or a part of the key. */
  words?: string | undefined;
  /** The gateway's own description of what went wrong, after "upstream <host>". */
  what?: string | undefined;
  cause?: unknown;
}

/**
 * The cause of a ChatError of a provider. Its message and its enumerable properties are safe to log: they contain no prompt, no
 * key and no body of the upstream.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly type: string | undefined;
  readonly requestId: string | undefined;
  readonly #words: string | undefined;

  constructor(facts: UpstreamFacts) {
    const code = identifier(facts.code);
    super(describe(facts, code));
    this.status = facts.status;
    this.code = code;
    this.type = identifier(facts.type);
    this.requestId = identifier(facts.requestId);
    this.#words = facts.words?.slice(0, WORDS_MAX_CHARACTERS);
  }

  /** The upstream's error text, cut to 2,000 characters. For the trace level only; a method, so that loggers do not print it. */
  words(): string | undefined {
    return this.#words;
  }
}

const WORDS_MAX_CHARACTERS = 2_000;

/** An upstream may put any text into a code; only what looks like an identifier is logged. */
function identifier(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w.:-]{1,80}$/.test(value) ? value : undefined;
}

function describe({ host, model, status, what }: UpstreamFacts, code: string | undefined): string {
  const answer = what ?? (status === undefined ? 'failed' : `answered ${status}`);
  return `upstream ${host} ${answer}${code === undefined ? '' : ` (${code})`} for model ${JSON.stringify(model)}`;
}

/** Creates the ChatError for a failed call, with an UpstreamError as its cause. */
export function upstreamError(facts: UpstreamFacts, retryAfterMs?: number): ChatError {
  return new ChatError(codeOf(facts), {
    cause: new UpstreamError(facts),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A Map, because the upstream chooses the key: an object would find `constructor`. */
const CODES = new Map<string | undefined, ErrorCode>(
  Object.entries({
    insufficient_quota: 'quota-exceeded',
    billing_hard_limit_reached: 'quota-exceeded',
    billing_not_active: 'quota-exceeded',
    rate_limit_exceeded: 'upstream-rate-limited',
    context_length_exceeded: 'context-length',
    string_above_max_length: 'context-length',
    content_policy_violation: 'content-blocked',
    content_filter: 'content-blocked',
    moderation_blocked: 'content-blocked',
    overloaded_error: 'upstream-overloaded',
    server_overloaded: 'upstream-overloaded',
    // The limits of 300 s of the global fetch, which a provider may be given.
    UND_ERR_HEADERS_TIMEOUT: 'upstream-timeout',
    UND_ERR_BODY_TIMEOUT: 'upstream-stalled',
  }),
);

/**
 * 502, 503, 504 and 529 come from a proxy in front of a busy or restarting model and are temporary: overloaded. 500 is a fault
 * of the upstream and may be permanent: failed, like every status that is not listed. 401, 403 and 404 are a wrong key, a key without
 * access, and a wrong URL or model: an operator has to change the configuration.
 */
const STATUSES: Record<number, ErrorCode> = {
  401: 'upstream-unconfigured',
  402: 'quota-exceeded',
  403: 'upstream-unconfigured',
  404: 'upstream-unconfigured',
  413: 'context-length',
  429: 'upstream-rate-limited',
  502: 'upstream-overloaded',
  503: 'upstream-overloaded',
  504: 'upstream-overloaded',
  529: 'upstream-overloaded',
};

/** Compatible upstreams often report a too long context in the error text only. */
const SAYS_TOO_LONG = /context (length|window|size)|prompt is too long|too many (input )?tokens/i;

function codeOf({ status, code, type, words }: UpstreamFacts): ErrorCode {
  const known = CODES.get(code) ?? CODES.get(type);
  if (known !== undefined) return known;
  if ((status === 400 || status === 422) && SAYS_TOO_LONG.test(words ?? '')) return 'context-length';
  // An error within a stream carries the status as its code: `{"error":{"code":502}}`.
  return STATUSES[status ?? Number(code)] ?? 'upstream-failed';
}

/**
 * Reads `Retry-After` (seconds, or an HTTP date) or OpenAI's `retry-after-ms`.
 * @returns milliseconds from `nowMs`; undefined when the header is absent or cannot be read.
 */
export function readRetryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const exactMs = headers?.get('retry-after-ms') ?? '';
  if (/^\d+(\.\d+)?$/.test(exactMs)) return Math.ceil(Number(exactMs));
  const value = headers?.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  // Date.parse accepts almost any text as a date, even "-5"; an HTTP date contains the name of a month.
  const atMs = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
