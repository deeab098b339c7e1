/** The one error of Rivulet: a closed union of codes, and one table that says what a client may do about each. */
import * as v from 'valibot';

/** `same`: send again with the same id. `after`: the same, once `retryAfterMs` is over. `new`: a person tries again, with a new id. */
export const RETRIES = ['no', 'same', 'after', 'new'] as const;
export type Retry = (typeof RETRIES)[number];

/** Every code with what may be done about it and the sentence a client shows when it has none of its own. */
export const ERRORS = {
  'bad-frame': { retry: 'no', message: 'The frame could not be read; send JSON of the documented shape.' },
  'too-large': { retry: 'no', message: 'The frame is larger than the limit in `welcome`; send less.' },
  unsupported: {
    retry: 'no',
    message: 'This gateway does not support that; compare versions and capabilities.',
  },
  unauthenticated: { retry: 'no', message: 'The token is missing, expired or not valid; send a fresh one.' },
  forbidden: { retry: 'no', message: 'The token does not allow that.' },
  'origin-denied': {
    retry: 'no',
    message: 'This origin is not on the list of the site; add it to the configuration.',
  },
  'not-found': { retry: 'no', message: 'There is no such conversation, message or run.' },
  conflict: { retry: 'no', message: 'The id was used before with another body; mint a new id.' },
  busy: {
    retry: 'new',
    message: 'An answer is still being written; wait for it or stop it, then send again.',
  },
  'rate-limited': { retry: 'after', message: 'Too many requests; wait, then send again.' },
  'quota-exceeded': { retry: 'no', message: 'The quota of this site is used up.' },
  'content-blocked': {
    retry: 'new',
    message: 'The content was blocked by a policy; change it and send again.',
  },
  'context-length': { retry: 'new', message: 'The conversation is too long for the model; start a new one.' },
  'upstream-rate-limited': {
    retry: 'new',
    message: 'The model is receiving too many requests; try again in a moment.',
  },
  'upstream-overloaded': { retry: 'new', message: 'The model is overloaded; try again in a moment.' },
  'upstream-timeout': { retry: 'new', message: 'The model did not answer in time; try again.' },
  'upstream-stalled': { retry: 'new', message: 'The model stopped in the middle of the answer; try again.' },
  'upstream-truncated': { retry: 'new', message: 'The answer broke off before its end; try again.' },
  'upstream-failed': {
    retry: 'new',
    message: 'The model could not be reached or refused the request; try again later.',
  },
  interrupted: {
    retry: 'new',
    message: 'The gateway was restarted while the answer was written; try again.',
  },
  draining: { retry: 'same', message: 'The gateway is shutting down; send again on the next connection.' },
  internal: { retry: 'new', message: 'Something went wrong in the gateway; try again.' },
} as const satisfies Record<string, { retry: Retry; message: string }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[]; // Object.keys forgets the key type

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
  /** Shown to people; the table's sentence when absent. */
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
    super(options.message ?? ERRORS[code].message, { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? ERRORS[code].retry;
    this.retryAfterMs = options.retryAfterMs;
    this.ref = options.ref;
  }

  /** What goes over the wire: no cause, no stack. */
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
