/** The texts of the error codes. They are apart from the codes, so that a page does not load them. */
import {
  ERROR_CODES,
  RETRY_OF,
  type ChatError,
  type ErrorBody,
  type ErrorCode,
  type Retry,
} from './errors.ts';

const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  'bad-frame': 'The frame could not be read; send JSON of the documented shape.',
  'too-large': 'The frame is larger than the limit in `welcome`; send less.',
  unsupported: 'This gateway does not support that; compare versions and capabilities.',
  unauthenticated: 'The token is missing, expired or not valid; send a fresh one.',
  forbidden: 'The token does not allow that.',
  'origin-denied': 'This origin is not on the list of the site; add it to the configuration.',
  'site-unknown': 'This gateway has no such site; see `sites` in its configuration.',
  'identity-required': 'This site serves only signed-in users; send an identity token.',
  'site-disabled': 'The site is switched off for now; try again later.',
  'not-found': 'There is no such conversation, message or run.',
  conflict: 'The id was used before with another body; mint a new id.',
  busy: 'An answer is still being written; wait for it or stop it, then send again.',
  'rate-limited': 'Too many requests; wait, then send again.',
  'proof-required':
    'This site asks new visitors for a proof of work; solve `challenge` and send `hello` again with `proof`.',
  'quota-exceeded': 'The quota of this site is used up.',
  'content-blocked': 'The content was blocked by a policy; change it and send again.',
  'context-length': 'The conversation is too long for the model; start a new one.',
  'upstream-rate-limited': 'The model is receiving too many requests; try again in a moment.',
  'upstream-overloaded': 'The model is overloaded; try again in a moment.',
  'upstream-timeout': 'The model did not answer in time; try again.',
  'upstream-stalled': 'The model stopped in the middle of the answer; try again.',
  'upstream-truncated': 'The answer broke off before its end; try again.',
  'upstream-empty': 'The model ended its answer without writing anything; try again.',
  'upstream-failed': 'The model could not be reached or refused the request; try again later.',
  'upstream-unconfigured':
    'The gateway has no access to the model: check the key and the model name; see its log.',
  interrupted: 'The gateway was restarted while the answer was written; try again.',
  draining: 'The gateway is shutting down; send again on the next connection.',
  internal: 'Something went wrong in the gateway; try again.',
};

/** Every error code, with what a client may do about it and its text. @see PROTOCOL.md §11 */
export const ERRORS = Object.fromEntries(
  ERROR_CODES.map((code) => [code, { retry: RETRY_OF[code], message: SENTENCES[code] }]),
) as Readonly<Record<ErrorCode, { retry: Retry; message: string }>>; // fromEntries forgets the keys

/** The body that a gateway sends for an error: an error without a message of its own gets the text of its code. */
export function bodyOf(error: ChatError): ErrorBody {
  const body = error.toBody();
  return body.message === error.code ? { ...body, message: SENTENCES[error.code] } : body;
}
