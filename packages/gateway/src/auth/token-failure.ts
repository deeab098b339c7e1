/** Why a token is refused, read from the error of jose. */
import { errors } from 'jose';
import * as v from 'valibot';
import type { RefusalReason } from '../base/index.ts';
import type { TokenFacts } from './auth.ts';

/**
 * The reason of a failed verification; undefined for an error that says nothing about the token. The error itself must not become
 * a `cause`: it can hold claims, and causes are logged.
 */
export function tokenFailureOf(error: unknown): RefusalReason | undefined {
  if (error instanceof errors.JWTExpired) return 'token-expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    // Also a `nbf` that is no number: jose reports both under this claim.
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'token-not-yet-valid';
    if (error.claim === 'iss') return 'token-issuer';
    return 'token-malformed';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token-signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token-algorithm';
  if (error instanceof errors.JWKSNoMatchingKey) return 'token-key-unknown';
  if (error instanceof errors.JOSEError || error instanceof v.ValiError) return 'token-malformed';
  return undefined;
}

/** The accepted difference between the clock that signed a token and the clock of the gateway, in milliseconds. */
export const DEFAULT_CLOCK_TOLERANCE_MS = 30_000;

/** What a verified token says about itself. */
export function tokenFactsOf({
  iat,
  jti,
}: {
  iat?: number | undefined;
  jti?: string | undefined;
}): TokenFacts {
  return {
    ...(jti === undefined ? {} : { id: jti }),
    ...(iat === undefined ? {} : { issuedAtMs: iat * 1000 }),
  };
}

/**
 * Whether the `iat` of a token, in seconds since 1970, lies in the future. jose checks `nbf` and leaves `iat` to its caller. A token that
 * is signed for later would outlive the longest lifetime, and the revocation of all tokens that were signed before a moment.
 */
export function isIssuedLater(iatS: number | undefined, nowMs: number, toleranceMs: number): boolean {
  return iatS !== undefined && iatS * 1000 > nowMs + toleranceMs;
}
