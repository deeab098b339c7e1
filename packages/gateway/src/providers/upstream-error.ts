/** What an upstream's refusal means: its facts for the operator's log, and the one ChatError that the visitor's message comes from. */
import { ChatError, type ErrorCode } from '@rivulet/protocol';

/** What is known of a failed call. All but host and model come from the upstream and are not to be trusted. */
export interface UpstreamFacts {
  host: string;
  model: string;
  /** HTTP status; absent when there was no answer, or when the failure came in the middle of one. */
  status?: number | undefined;
  /** `invalid_api_key`, `ECONNREFUSED`. */
  code?: string | undefined;
  type?: string | undefined;
  requestId?: string | undefined;
  /** The upstream's own words: they may quote the prompt or a piece of the key. */
  words?: string | undefined;
  /** Our own sentence about what went wrong. */
  what?: string | undefined;
  cause?: unknown;
}

/**
 * The cause of a ChatError of a provider. Its message and its enumerable properties are made for logs: no prompt, no key,
 * no body of the upstream.
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

  /** The upstream's own words, cut to 2,000 characters. For the trace level only; no property, so that no logger finds it by itself. */
  words(): string | undefined {
    return this.#words;
  }
}

const WORDS_MAX_CHARACTERS = 2_000;

/** An upstream may write anything where a code belongs; only what looks like an identifier goes into a log. */
function identifier(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w.:-]{1,80}$/.test(value) ? value : undefined;
}

function describe({ host, model, status, what }: UpstreamFacts, code: string | undefined): string {
  const answer = what ?? (status === undefined ? 'failed' : `answered ${status}`);
  return `upstream ${host} ${answer}${code === undefined ? '' : ` (${code})`} for model ${JSON.stringify(model)}`;
}

/** The ChatError for a failed call, its UpstreamError as cause. */
export function upstreamError(facts: UpstreamFacts, retryAfterMs?: number): ChatError {
  return new ChatError(codeOf(facts), {
    cause: new UpstreamError(facts),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A map, for the upstream chooses the key: `constructor` finds nothing here. */
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
    // undici's own limits of 300 s, should the run's be set above them.
    UND_ERR_HEADERS_TIMEOUT: 'upstream-timeout',
    UND_ERR_BODY_TIMEOUT: 'upstream-stalled',
  }),
);

/**
 * 502, 503, 504 and 529 come from something in front of a busy or restarting model and pass by themselves, so: overloaded.
 * 500 is the upstream's own fault and may well stay, so: failed, as is whatever has no row.
 */
const STATUSES: Record<number, ErrorCode> = {
  402: 'quota-exceeded',
  413: 'context-length',
  429: 'upstream-rate-limited',
  502: 'upstream-overloaded',
  503: 'upstream-overloaded',
  504: 'upstream-overloaded',
  529: 'upstream-overloaded',
};

/** Compatible upstreams often have no code for it, only words. */
const SAYS_TOO_LONG = /context (length|window|size)|prompt is too long|too many (input )?tokens/i;

function codeOf({ status, code, type, words }: UpstreamFacts): ErrorCode {
  const known = CODES.get(code) ?? CODES.get(type);
  if (known !== undefined) return known;
  if ((status === 400 || status === 422) && SAYS_TOO_LONG.test(words ?? '')) return 'context-length';
  // In the middle of a stream the status is where the code belongs: `{"error":{"code":502}}`.
  return STATUSES[status ?? Number(code)] ?? 'upstream-failed';
}

/** `Retry-After` (seconds, or an HTTP date) and OpenAI's `retry-after-ms`, as milliseconds from `nowMs`; undefined when absent or not readable. */
export function readRetryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const exactMs = headers?.get('retry-after-ms') ?? '';
  if (/^\d+(\.\d+)?$/.test(exactMs)) return Math.ceil(Number(exactMs));
  const value = headers?.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  // Date.parse takes almost anything for a date, "-5" too; an HTTP date names its month.
  const atMs = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
