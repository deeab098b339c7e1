/** Typed errors as HTTP responses: the status of each code, and the same body as on every transport. */
import { bodyOf, ChatError, type ErrorCode } from '@rivulet/protocol';
import type { ErrorRequestHandler, Response } from 'express';

/** The HTTP status of each error code. @see PROTOCOL.md §14 */
const STATUSES: Record<ErrorCode, number> = {
  'bad-frame': 400,
  'too-large': 413,
  unsupported: 400,
  unauthenticated: 401,
  forbidden: 403,
  'origin-denied': 403,
  'site-unknown': 404,
  'identity-required': 401,
  'site-disabled': 503,
  'not-found': 404,
  conflict: 409,
  busy: 409,
  'rate-limited': 429,
  'proof-required': 428,
  'quota-exceeded': 429,
  'content-blocked': 422,
  'context-length': 422,
  'upstream-rate-limited': 503,
  'upstream-overloaded': 503,
  'upstream-timeout': 504,
  'upstream-stalled': 504,
  'upstream-truncated': 502,
  'upstream-empty': 502,
  'upstream-failed': 502,
  'upstream-unconfigured': 502,
  interrupted: 502,
  draining: 503,
  internal: 500,
};

/** Sends an error as JSON. @param more fields to add to the body of the error */
export function sendError(response: Response, error: ChatError, more: object = {}): void {
  setStatus(response, error).json({ ...bodyOf(error), ...more });
}

/** Sends the sentence of an error, with its reference: for clients of other protocols, which show the body as it is. */
export function sendErrorText(response: Response, error: ChatError): void {
  const { message, ref } = bodyOf(error);
  setStatus(response, error)
    .type('text/plain')
    .send(ref === undefined ? message : `${message} (${ref})`);
}

function setStatus(response: Response, { code, retryAfterMs }: ChatError): Response {
  if (retryAfterMs !== undefined) response.set('Retry-After', `${Math.ceil(retryAfterMs / 1000)}`);
  if (STATUSES[code] === 401) response.set('WWW-Authenticate', 'Bearer');
  return response.status(STATUSES[code]).set('Cache-Control', 'no-store');
}

/** Refuses a request whose body did not arrive in time. The connection closes after it: Node would wait for the rest of the body. */
export function sendSlowRequest(response: Response): void {
  const error = new ChatError('bad-frame', {
    message: 'The request did not arrive in time; send it at once.',
  });
  response.status(408).set({ 'Cache-Control': 'no-store', Connection: 'close' }).json(bodyOf(error));
}

/** Responds to errors of the body parser and to typed errors. Other errors are passed on to the last error handler. */
export const handleBodyErrors: ErrorRequestHandler = answeringErrors(sendError);

/** The same, with the sentence of the error alone. */
export const answerErrorsAsText: ErrorRequestHandler = answeringErrors(sendErrorText);

function answeringErrors(send: (response: Response, error: ChatError) => void): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- the signature is Express'
  return (error: unknown, _request, response, next) => {
    if (response.headersSent && isAborted(error)) return; // its body was cut
    const wrapped = error instanceof ChatError ? error : errorOfStatus(error);
    if (wrapped === undefined || response.headersSent) {
      next(error);
      return;
    }
    send(response, wrapped);
  };
}

const isAborted = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'type') === 'request.aborted';

function errorOfStatus(error: unknown): ChatError | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  if (status === 413) return new ChatError('too-large');
  return status === 400 || status === 415 ? new ChatError('bad-frame') : undefined;
}
