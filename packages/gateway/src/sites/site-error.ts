/** A site is configured in a way that cannot work. The message names the site, what is wrong and what was expected. */
export class SiteError extends Error {
  override readonly name = 'SiteError';
  readonly isForOperator = true;
}
