/** What may be done about a failed call: ask the same upstream again, ask another one, or neither. Pure. */
import { ChatError, type ErrorCode } from '@rivulet/protocol';
import { UpstreamError } from '../upstream-error.ts';
import type { UpstreamReason } from '../upstream-error-classes.ts';

/**
 * `passing`: it may work in a moment, or elsewhere. `upstream`: this upstream will refuse the same request again, another one may take
 * it. `request`: what is asked is the problem, and whoever asks may change it.
 */
export type FailureKind = 'passing' | 'upstream' | 'request';

const KIND_OF_REASON: Readonly<Record<UpstreamReason, FailureKind>> = {
  'rate-limited': 'passing',
  overloaded: 'passing',
  timeout: 'passing',
  stalled: 'passing',
  unreachable: 'passing',
  quota: 'upstream',
  'bad-key': 'upstream',
  forbidden: 'upstream',
  'model-not-found': 'upstream',
  redirected: 'upstream',
  'tools-refused': 'upstream',
  'system-role-refused': 'upstream',
  'encrypted-reasoning-refused': 'upstream',
  'attachment-refused': 'upstream',
  // A run shortens the context, or sends the files in words, and asks again.
  'context-length': 'request',
  'image-refused': 'request',
  // Another upstream must not be the way around a policy.
  'content-blocked': 'request',
};

/** For errors without an upstream's report: of a limit of time, or of a provider of your own. The other codes are `request`. */
const KIND_OF_CODE: Partial<Record<ErrorCode, FailureKind>> = {
  'upstream-rate-limited': 'passing',
  'upstream-overloaded': 'passing',
  'upstream-timeout': 'passing',
  'upstream-stalled': 'passing',
  'upstream-truncated': 'passing',
  'upstream-failed': 'passing',
  'quota-exceeded': 'upstream',
  'upstream-unconfigured': 'upstream',
  internal: 'upstream',
};

/** Statuses below 500 that are no refusal: timeout, conflict of two requests, too early, too many requests. */
const PASSING_STATUSES = new Set([408, 409, 425, 429]);

/**
 * What an error means for the next attempt.
 * @param hasFiles whether the request has files: an unexplained refusal may be about them, and is not taken for one of the upstream
 */
export function kindOfFailure(error: unknown, hasFiles: boolean): FailureKind {
  const { code, cause } = error instanceof ChatError ? error : new ChatError('internal', { cause: error });
  if (!(cause instanceof UpstreamError)) return KIND_OF_CODE[code] ?? 'request';
  if (cause.reason !== undefined) return KIND_OF_REASON[cause.reason];
  const { status } = cause;
  // Without a status the connection broke, or what came was no answer.
  if (status === undefined || status >= 500 || PASSING_STATUSES.has(status)) return 'passing';
  return hasFiles ? 'request' : 'upstream';
}

/** These say that the upstream works, and does not take this request. */
const NOT_ITS_FAULT: ReadonlySet<UpstreamReason | undefined> = new Set([
  'tools-refused',
  'system-role-refused',
  'encrypted-reasoning-refused',
  'attachment-refused',
]);

/** Whether a failure says that the upstream does not work at present, so that it counts for its breaker. */
export function isFaultOfUpstream(error: unknown): boolean {
  const kind = kindOfFailure(error, true);
  if (kind !== 'upstream') return kind === 'passing';
  const cause = error instanceof ChatError ? error.cause : undefined;
  return !(cause instanceof UpstreamError && NOT_ITS_FAULT.has(cause.reason));
}
