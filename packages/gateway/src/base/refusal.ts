/** Why a client is refused. The reason travels as the `cause` of the error, so it is logged and counted and never sent. */
import { ChatError, type ErrorCode } from '@rivulet/protocol';
import { RATE_LIMIT_NAMES, type RateLimitName } from './rate-limit-names.ts';

/** What refuses a client. */
export const REFUSAL_KINDS = [
  'origin',
  'site',
  'protocol',
  'token',
  'proof',
  'limit',
  'budget',
  'moderation',
  'operator',
] as const;
/** One of `REFUSAL_KINDS`. */
export type RefusalKind = (typeof REFUSAL_KINDS)[number];

const KIND_OF_LIMIT = Object.fromEntries(RATE_LIMIT_NAMES.map((name) => [name, 'limit'])) as Record<
  RateLimitName,
  'limit'
>; // Object.fromEntries forgets the key type

/** Every reason of a refusal, with its kind. The advice to the operator about each is in sites/refusal-advice.ts. */
export const KIND_OF_REFUSAL = {
  'origin-denied': 'origin',
  'site-unknown': 'site',
  'site-disabled': 'site',
  'client-tools-denied': 'site',
  'protocol-version': 'protocol',
  'identity-required': 'token',
  'token-missing': 'token',
  'token-invalid': 'token',
  'token-malformed': 'token',
  'token-algorithm': 'token',
  'token-signature': 'token',
  'token-key-unknown': 'token',
  'token-audience': 'token',
  'token-issuer': 'token',
  'token-expired': 'token',
  'token-not-yet-valid': 'token',
  'token-lifetime': 'token',
  'token-not-taken': 'token',
  'token-of-another': 'token',
  'token-revoked': 'token',
  'admin-token-missing': 'operator',
  'admin-token-wrong': 'operator',
  'admin-remote': 'operator',
  'proof-wrong': 'proof',
  'proof-expired': 'proof',
  'proof-used': 'proof',
  'proof-of-another-site': 'proof',
  'rate-limit': 'limit',
  ...KIND_OF_LIMIT,
  'file-quota': 'limit',
  'visitor-budget': 'budget',
  'site-budget': 'budget',
  'question-blocked': 'moderation',
  'title-blocked': 'moderation',
  'answer-blocked': 'moderation',
  'moderation-failed': 'moderation',
} as const satisfies Record<string, RefusalKind>;

/** The reason of a refusal: a key of `KIND_OF_REFUSAL`. */
export type RefusalReason = keyof typeof KIND_OF_REFUSAL;
/** Every reason of a refusal. */
export const REFUSAL_REASONS = Object.keys(KIND_OF_REFUSAL) as RefusalReason[]; // Object.keys forgets the key type

/** Which moderator has blocked a text, and why. It repeats nothing of the text. */
export interface BlockedBy {
  moderator: string;
  category?: string | undefined;
}

/** The cause of an error that refuses a client. It holds nothing that the client sent. */
export class RefusalCause extends Error {
  override readonly name = 'RefusalCause';
  /** Why the client is refused. */
  readonly reason: RefusalReason;
  /** The moderator that refuses it, and its category. */
  readonly moderator: string | undefined;
  readonly category: string | undefined;

  constructor(reason: RefusalReason, by?: BlockedBy) {
    super(reason);
    this.reason = reason;
    this.moderator = by?.moderator;
    this.category = by?.category;
  }
}

/** What an error of a refusal may carry. */
export interface RefusalErrorOptions {
  /** Shown to people. Default: the sentence of the code. */
  message?: string;
  /** Milliseconds to wait before the next attempt. */
  retryAfterMs?: number;
  /** For the log. */
  by?: BlockedBy;
  /** With `proof-required`: what the client solves. */
  challenge?: string;
}

/** Creates the error of a refusal. Whoever reports it (`Refusals.report`) logs and counts it by its reason. */
export function refusal(
  code: ErrorCode,
  reason: RefusalReason,
  { by, ...options }: RefusalErrorOptions = {},
): ChatError {
  return new ChatError(code, { ...options, cause: new RefusalCause(reason, by) });
}

/** The reasons of errors that name none, by their code. */
const REASON_OF_CODE: Partial<Record<ErrorCode, RefusalReason>> = {
  'origin-denied': 'origin-denied',
  'site-unknown': 'site-unknown',
  'site-disabled': 'site-disabled',
  'identity-required': 'identity-required',
  unauthenticated: 'token-invalid',
  'rate-limited': 'rate-limit',
};

/** Why an error refuses a client; undefined when it is another error, such as an unknown id or a message that is too long. */
export function refusalReasonOf({ cause, code }: ChatError): RefusalReason | undefined {
  return cause instanceof RefusalCause ? cause.reason : REASON_OF_CODE[code];
}
