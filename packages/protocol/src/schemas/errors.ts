/**
 * The one error type of Rivulet: a closed union of codes, and one table that says what a client may do about each. @see
 * PROTOCOL.md §11
 */
import * as v from 'valibot';

/**
 * What a client may do about an error. `no`: nothing. `same`: send again with the same id. `after`: the same, once
 * `retryAfterMs` is over. `new`: the visitor tries again, with a new id.
 */
export const RETRIES = ['no', 'same', 'after', 'new'] as const;
/** What a client may do about an error; one of `RETRIES`. */
export type Retry = (typeof RETRIES)[number];

/** Every error code, with what a client may do about it. The texts are in error-sentences.ts. */
export const RETRY_OF = {
  'bad-frame': 'no',
  'too-large': 'no',
  unsupported: 'no',
  unauthenticated: 'no',
  forbidden: 'no',
  'origin-denied': 'no',
  'site-unknown': 'no',
  'identity-required': 'no',
  'site-disabled': 'new',
  'not-found': 'no',
  conflict: 'no',
  busy: 'new',
  'rate-limited': 'after',
  'proof-required': 'after',
  'quota-exceeded': 'no',
  'content-blocked': 'new',
  'context-length': 'new',
  'upstream-rate-limited': 'new',
  'upstream-overloaded': 'new',
  'upstream-timeout': 'new',
  'upstream-stalled': 'new',
  'upstream-truncated': 'new',
  'upstream-empty': 'new',
  'upstream-failed': 'new',
  'upstream-unconfigured': 'new',
  interrupted: 'new',
  draining: 'same',
  internal: 'new',
} as const satisfies Record<string, Retry>;

/** The code of an error. Branch on it, never on the message. */
export type ErrorCode = keyof typeof RETRY_OF;
/** Every error code. */
export const ERROR_CODES = Object.keys(RETRY_OF) as ErrorCode[]; // Object.keys forgets the key type

/**
 * An error on the wire. `message` says what happened and what to do, and never holds a token, a prompt or an upstream body;
 * `ref` is the id that finds the matching line in the gateway's log. A code or a retry that this version does not know is
 * read as `internal` or `no`.
 */
export const ErrorBodySchema = v.object({
  code: v.fallback(v.picklist(ERROR_CODES), 'internal'),
  message: v.string(),
  retry: v.fallback(v.picklist(RETRIES), 'no'),
  retryAfterMs: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  ref: v.optional(v.string()),
  /** With `proof-required`: what the client solves, as the text of a JSON object. @see PROTOCOL.md §2 */
  challenge: v.optional(v.string()),
});
/** An error as JSON. `retryAfterMs` is in milliseconds. */
export type ErrorBody = v.InferOutput<typeof ErrorBodySchema>;

/** What a `ChatError` may carry beside its code. */
export interface ChatErrorOptions {
  /** Shown to people. Defaults to the code, for which `bodyOf` has a sentence. */
  message?: string | undefined;
  /** What the other side said a client may do. Defaults to the row of the code in `RETRY_OF`. */
  retry?: Retry | undefined;
  /** Milliseconds to wait before the next attempt. */
  retryAfterMs?: number | undefined;
  /** The id that finds the matching line in the gateway's log. */
  ref?: string | undefined;
  /** With `proof-required`: what the client solves. */
  challenge?: string | undefined;
  /** The error that led to this one. It never goes over the wire. */
  cause?: unknown;
}

/** The only error that crosses a seam. Branch on `code`, never on `message`. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;
  readonly ref: string | undefined;
  readonly challenge: string | undefined;

  constructor(code: ErrorCode, options: ChatErrorOptions = {}) {
    super(options.message ?? code, { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? RETRY_OF[code];
    this.retryAfterMs = options.retryAfterMs;
    this.ref = options.ref;
    this.challenge = options.challenge;
  }

  /** The error as JSON, without its cause and its stack. A gateway sends `bodyOf(error)`, which always has a sentence. */
  toBody(): ErrorBody {
    const { code, message, retry, retryAfterMs, ref, challenge } = this;
    return { code, message, retry, retryAfterMs, ref, challenge }; // JSON leaves out what is undefined
  }

  /**
   * The error that a body describes. Keeps the `retry` of the body: a code newer than this table is read as `internal`, whose
   * row knows less.
   */
  static fromBody(body: ErrorBody): ChatError {
    return new ChatError(body.code, body);
  }

  /** Wraps a foreign error where it enters; a `ChatError` passes unchanged. */
  static from(error: unknown, code: ErrorCode = 'internal'): ChatError {
    return error instanceof ChatError ? error : new ChatError(code, { cause: error });
  }
}
