/** The error of an auth that cannot be created with its configuration. */

/** A secret or key cannot be used. The message says why and what is needed, and never repeats the secret or key. */
export class AuthConfigError extends RangeError {
  override readonly name = 'AuthConfigError';
}
