/** Why somebody could not sign in by OpenID Connect. */
import * as oidc from 'openid-client';
import { describeNetworkFailure } from '../base/index.ts';

/**
 * What failed. `cancelled`: the provider signed nobody in. `unavailable`: it cannot be reached, or is no provider. `refused`: what it sent
 * does not stand up to the checks.
 */
export type OidcFailure = 'cancelled' | 'unavailable' | 'refused';

/** The message is for the operator's log: it has codes and names of claims, and no token. */
export class OidcError extends Error {
  override readonly name = 'OidcError';
  readonly isForOperator = true;
  readonly failure: OidcFailure;

  constructor(failure: OidcFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }

  /** An error of the exchange of the code. */
  static of(error: unknown): OidcError {
    if (error instanceof OidcError) return error;
    if (error instanceof oidc.AuthorizationResponseError) {
      const code = wordOf(error.error);
      return new OidcError('cancelled', `the identity provider signed nobody in (${code})`, error);
    }
    const network = describeNetworkFailure(error) ?? silenceOf(error);
    if (network !== undefined) return new OidcError('unavailable', `the identity provider ${network}`, error);
    return new OidcError(
      'refused',
      `what the identity provider answered was refused: ${reasonOf(error)}`,
      error,
    );
  }

  /** An error of the discovery. */
  static ofDiscovery(error: unknown, issuer: URL): OidcError {
    const why = describeNetworkFailure(error) ?? silenceOf(error) ?? `is no provider: ${reasonOf(error)}`;
    return new OidcError('unavailable', `the issuer ${issuer.host} ${why}`, error);
  }
}

const silenceOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && error.code === 'OAUTH_TIMEOUT'
    ? 'does not answer in time; check that it is up, and the firewall between it and the gateway'
    : undefined;

/** The library's own words, and the claim that was compared. What the provider wrote is not repeated, but for its error code. */
function reasonOf(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError) return wordOf(error.error);
  if (!(error instanceof Error)) return 'unknown';
  const inner = error.cause instanceof Error ? error.cause.cause : undefined;
  const claim = typeof inner === 'object' && inner !== null && 'claim' in inner ? inner.claim : undefined;
  return typeof claim === 'string' ? `${error.message} (${wordOf(claim)})` : error.message;
}

/** The codes of the standard are such words; anything else would be text of somebody else in the log. */
const wordOf = (code: unknown): string =>
  typeof code === 'string' && /^[\w.-]{1,40}$/.test(code) ? code : 'unknown';
