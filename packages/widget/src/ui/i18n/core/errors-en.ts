/** Texts of errors in English. */
import type { Strings } from './en.ts';

/** The English texts by error code. */
export const errorsEn: Strings['errors'] = {
  'too-large': 'That message is too long. Please shorten it.',
  unauthenticated: 'Your session has expired. Please reload the page.',
  forbidden: 'You are not allowed to do that here.',
  'origin-denied': 'This chat is not available on this page yet.',
  'site-unknown': 'This chat is not available on this page yet.',
  'identity-required': 'Please sign in to use this chat.',
  'site-disabled': 'The chat is paused for now. Please come back later.',
  unsupported: 'This page is out of date. Please reload it.',
  'not-found': 'This conversation is no longer here. Start a new one.',
  busy: 'An answer is still being written. Wait for it or stop it first.',
  'rate-limited': 'That was a lot at once. Wait a moment, then try again.',
  'quota-exceeded': 'The chat has reached its limit for now. Please come back later.',
  'content-blocked': 'This message cannot be answered here. Please rephrase it.',
  'context-length': 'This conversation has become too long. Start a new one.',
  'upstream-rate-limited': 'There is a lot going on right now. Try again in a moment.',
  'upstream-overloaded': 'There is a lot going on right now. Try again in a moment.',
  'upstream-timeout': 'The answer took too long to begin. Please try again.',
  'upstream-stalled': 'The answer stopped halfway. Please try again.',
  'upstream-truncated': 'The answer broke off before its end.',
  'upstream-empty': 'The answer came back empty. Please try again.',
  'upstream-failed': 'The assistant cannot be reached right now. Please try again later.',
  'upstream-unconfigured': 'The assistant is not connected yet. Please come back later.',
  interrupted: 'The answer was interrupted. Please try again.',
};
