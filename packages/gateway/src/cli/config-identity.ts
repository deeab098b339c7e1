/** The part of the configuration that says how the identity tokens of a site's users are verified. */
import * as v from 'valibot';
import { AuthConfigError } from '../auth/auth-config-error.ts';
import { httpUrl, text } from './config-values.ts';
import { createVerifier, type IdentityKey } from '../auth/identity-keys.ts';

/** 30 days: a token cannot be revoked before it expires. */
const MAX_AGE_MS = 30 * 24 * 60 * 60_000;
const MAX_TOLERANCE_MS = 5 * 60_000;
const wholeMs = v.pipe(v.number('expected milliseconds'), v.integer('expected whole milliseconds'));

/** A text that can be used as a key. The problem says what is wrong with it and does not repeat it. */
const usableKey = (kind: (value: string) => IdentityKey) =>
  v.pipe(
    text,
    v.rawCheck(({ dataset, addIssue }) => {
      try {
        if (dataset.typed) createVerifier(kind(dataset.value));
      } catch (error) {
        addIssue({ message: error instanceof AuthConfigError ? error.message : 'cannot be used as a key' });
      }
    }),
  );

/** How identity tokens are verified: one of three kinds of key, and optional checks. */
export const IdentitySchema = v.pipe(
  v.strictObject({
    /** HS256: shared with the site's server. */
    secret: v.optional(usableKey((secret) => ({ kind: 'secret', secret }))),
    /** PEM (SPKI): RS256, ES256 or EdDSA. */
    publicKey: v.optional(usableKey((pem) => ({ kind: 'public-key', pem }))),
    /** The URL of the site's JSON Web Key Set. */
    jwksUrl: v.optional(httpUrl),
    /** The required `iss` claim. Default: any. */
    issuer: v.optional(text),
    /** The longest lifetime of a token, from `iat` to `exp`. */
    maxAgeMs: v.optional(v.pipe(wholeMs, v.minValue(1), v.maxValue(MAX_AGE_MS, 'expected at most 30 days'))),
    /** The allowed difference between the clocks of the site and the gateway. */
    toleranceMs: v.optional(
      v.pipe(wholeMs, v.minValue(0), v.maxValue(MAX_TOLERANCE_MS, 'expected at most 5 minutes')),
    ),
  }),
  v.check(
    ({ secret, publicKey, jwksUrl }) =>
      [secret, publicKey, jwksUrl].filter((key) => key !== undefined).length === 1,
    'expected exactly one of secret, publicKey and jwksUrl',
  ),
);
/** A valid `identity` of the configuration. */
export type Identity = v.InferOutput<typeof IdentitySchema>;

/** The key of an identity; the schema guarantees that there is exactly one. */
export function identityKeyOf({ secret, publicKey, jwksUrl }: Identity): IdentityKey {
  if (secret !== undefined) return { kind: 'secret', secret };
  if (publicKey !== undefined) return { kind: 'public-key', pem: publicKey };
  return { kind: 'jwks', url: jwksUrl ?? '' };
}

interface IdentityConfig {
  identity?: Identity | undefined;
  sites?: { identity?: Identity | undefined; requireIdentity?: boolean | undefined }[] | undefined;
}

/** Whether every site that requires signed-in users has an `identity` to verify their tokens with. */
export function hasIdentity({ identity, sites = [] }: IdentityConfig): boolean {
  return sites.every((site) => site.requireIdentity !== true || (site.identity ?? identity) !== undefined);
}
