/** The keys that verify a site's identity tokens: a shared secret, a public key, or the key set that the site publishes. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { AuthConfigError } from './auth-config-error.ts';

/** The key of a site, as configured. */
export type IdentityKey =
  /** HS256; at least 32 bytes of UTF-8. It allows impersonating any user of the site, so keep it secret. */
  | { kind: 'secret'; secret: string }
  /** PEM (SPKI): RSA of at least 2048 bits for RS256, P-256 for ES256, Ed25519 for EdDSA. */
  | { kind: 'public-key'; pem: string }
  /** The URL of the site's JSON Web Key Set (RFC 7517); fetched at the first use, and again for an unknown key id. */
  | { kind: 'jwks'; url: string };

/** A key that is ready for `jwtVerify`. */
export interface Verifier {
  key: KeyObject | Uint8Array | JWTVerifyGetKey;
  /** The algorithms that are accepted, whatever the token names. */
  algorithms: string[];
}

/** HS256 needs a key of at least 256 bits (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;
/** RFC 7518, 3.3. */
const MIN_RSA_BITS = 2048;
/** Shorter than the time after which a client gives up its `hello`. */
const FETCH_TIMEOUT_MS = 3_000;
/** The minimum time between two fetches, because forged tokens with unknown key ids could cause any number of them. */
const COOLDOWN_MS = 30_000;
/** A key that the site removes from its set is accepted for up to this time. */
const CACHE_MS = 10 * 60_000;

/**
 * Reads a configured key.
 * @throws {AuthConfigError} when the secret is too short or the key has another type; the message does not repeat the key.
 */
export function createVerifier(key: IdentityKey): Verifier {
  switch (key.kind) {
    case 'secret':
      return { key: secretBytes(key.secret), algorithms: ['HS256'] };
    case 'public-key':
      return readPublicKey(key.pem);
    case 'jwks': {
      const times = {
        timeoutDuration: FETCH_TIMEOUT_MS,
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: CACHE_MS,
      };
      const jwks = createRemoteJWKSet(new URL(key.url), times);
      // Not HS256: with a public key as the shared secret, anybody could sign.
      return { key: jwks, algorithms: ['RS256', 'ES256', 'EdDSA'] };
    }
  }
}

function secretBytes(secret: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < MIN_SECRET_BYTES)
    throw new AuthConfigError(
      `the identity secret has ${bytes.length} bytes; it needs ${MIN_SECRET_BYTES} or more`,
    );
  return bytes;
}

function readPublicKey(pem: string): Verifier {
  if (pem.includes('PRIVATE KEY'))
    throw new AuthConfigError(
      'expected a public key; the private one is not needed here, keep it on the site',
    );
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    // No cause: it could quote the key.
    throw new AuthConfigError('expected a public key in PEM (-----BEGIN PUBLIC KEY-----)');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return { key, algorithms: ['RS256'] };
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { key, algorithms: ['ES256'] };
  if (type === 'ed25519') return { key, algorithms: ['EdDSA'] };
  throw new AuthConfigError(
    `expected an RSA key of at least ${MIN_RSA_BITS} bits, a P-256 or an Ed25519 one`,
  );
}
