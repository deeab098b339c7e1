/** A typed error as the answer of a request: the same body as on every line, under the status that fits. */
import { bodyOf, ChatError, type ErrorCode } from '@rivulet/protocol';
import type { ErrorRequestHandler, Response } from 'express';

const STATUSES: Record<ErrorCode, number> = {
  'bad-frame': 400,
  'too-large': 413,
  unsupported: 400,
  unauthenticated: 401,
  forbidden: 403,
  'origin-denied': 403,
  'not-found': 404,
  conflict: 409,
  busy: 409,
  'rate-limited': 429,
  'quota-exceeded': 429,
  'content-blocked': 422,
  'context-length': 422,
  'upstream-rate-limited': 503,
  'upstream-overloaded': 503,
  'upstream-timeout': 504,
  'upstream-stalled': 504,
  'upstream-truncated': 502,
  'upstream-failed': 502,
  interrupted: 502,
  draining: 503,
  internal: 500,
};

/** @param more goes into the body beside the error. */
export function answerError(response: Response, error: ChatError, more: object = {}): void {
  const { code, retryAfterMs } = error;
  if (retryAfterMs !== undefined) response.set('Retry-After', `${Math.ceil(retryAfterMs / 1000)}`);
  if (code === 'unauthenticated') response.set('WWW-Authenticate', 'Bearer');
  response
    .status(STATUSES[code])
    .set('Cache-Control', 'no-store')
    .json({ ...bodyOf(error), ...more });
}

/** What the reader of the body, or the router, could not take. All else goes on to the last resort. */
// eslint-disable-next-line max-params -- the shape is Express'
export const answerUnreadable: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const wrapped = error instanceof ChatError ? error : errorOfStatus(error);
  if (wrapped === undefined || response.headersSent) {
    next(error);
    return;
  }
  answerError(response, wrapped);
};

function errorOfStatus(error: unknown): ChatError | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  if (status === 413) return new ChatError('too-large');
  return status === 400 || status === 415 ? new ChatError('bad-frame') : undefined;
}
