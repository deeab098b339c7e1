/** The one error of Rivulet: a closed union of codes, and one table that says what a client may do about each. */
import * as v from 'valibot';

/** `same`: send again with the same id. `after`: the same, once `retryAfterMs` is over. `new`: a person tries again, with a new id. */
export const RETRIES = ['no', 'same', 'after', 'new'] as const;
export type Retry = (typeof RETRIES)[number];

/** Every code, with what may be done about it. The sentences are in error-sentences.ts. */
export const RETRY_OF = {
  'bad-frame': 'no',
  'too-large': 'no',
  unsupported: 'no',
  unauthenticated: 'no',
  forbidden: 'no',
  'origin-denied': 'no',
  'not-found': 'no',
  conflict: 'no',
  busy: 'new',
  'rate-limited': 'after',
  'quota-exceeded': 'no',
  'content-blocked': 'new',
  'context-length': 'new',
  'upstream-rate-limited': 'new',
  'upstream-overloaded': 'new',
  'upstream-timeout': 'new',
  'upstream-stalled': 'new',
  'upstream-truncated': 'new',
  'upstream-failed': 'new',
  interrupted: 'new',
  draining: 'same',
  internal: 'new',
} as const satisfies Record<string, Retry>;

export type ErrorCode = keyof typeof RETRY_OF;
export const ERROR_CODES = Object.keys(RETRY_OF) as ErrorCode[]; // Object.keys forgets the key type

/**
 * An error on the wire. `message` names what happened and what to do, and never holds a token, a prompt or an upstream
 * body; `ref` is the word that finds the matching line in the gateway's log.
 */
export const ErrorBodySchema = v.object({
  code: v.fallback(v.picklist(ERROR_CODES), 'internal'),
  message: v.string(),
  retry: v.fallback(v.picklist(RETRIES), 'no'),
  retryAfterMs: v.optional(v.pipe(v.number(), v.minValue(0))),
  ref: v.optional(v.string()),
});
export type ErrorBody = v.InferOutput<typeof ErrorBodySchema>;

export interface ChatErrorOptions {
  /** Shown to people; when absent, the code, for which `bodyOf` has a sentence. */
  message?: string;
  /** What the other side said may be done; the table's word when absent. */
  retry?: Retry;
  retryAfterMs?: number;
  ref?: string;
  cause?: unknown;
}

/** The only error that crosses a seam. Branch on `code`, never on `message`. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;
  readonly ref: string | undefined;

  constructor(code: ErrorCode, options: ChatErrorOptions = {}) {
    super(options.message ?? code, { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? RETRY_OF[code];
    this.retryAfterMs = options.retryAfterMs;
    this.ref = options.ref;
  }

  /** No cause, no stack. A gateway sends `bodyOf(error)`, which has a sentence in any case. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retry: this.retry,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(this.ref === undefined ? {} : { ref: this.ref }),
    };
  }

  /** Keeps the body's own `retry`: a code newer than this table reads as `internal`, and its table row knows less. */
  static fromBody(body: ErrorBody): ChatError {
    const { message, retry, retryAfterMs, ref } = body;
    return new ChatError(body.code, {
      message,
      retry,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(ref === undefined ? {} : { ref }),
    });
  }

  /** Wraps a foreign error where it enters; a ChatError passes unchanged. */
  static from(error: unknown, code: ErrorCode = 'internal'): ChatError {
    return error instanceof ChatError ? error : new ChatError(code, { cause: error });
  }
}
