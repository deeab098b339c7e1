/** A limit, or the proxies to trust, are configured in a way that cannot work. The message names the setting and what was expected. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  readonly isForOperator = true;
}
