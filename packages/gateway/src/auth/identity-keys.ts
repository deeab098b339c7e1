/** What a site's identity tokens are verified with: a shared secret, a public key, or the key set that the site publishes. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

export type IdentityKey =
  /** HS256; at least 32 bytes of UTF-8. Whoever has it can be any person of the site. */
  | { kind: 'secret'; secret: string }
  /** PEM (SPKI): RSA of at least 2048 bits for RS256, P-256 for ES256, Ed25519 for EdDSA. */
  | { kind: 'public-key'; pem: string }
  /** Where the site publishes its public keys (RFC 7517); fetched when first needed, again for a key that is new. */
  | { kind: 'jwks'; url: string };

export interface Verifier {
  key: KeyObject | Uint8Array | JWTVerifyGetKey;
  /** The only ones taken: the algorithm is ours to say, never the token's. */
  algorithms: string[];
}

/** HS256 is no stronger than its key (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;
/** RFC 7518, 3.3. */
const MIN_RSA_BITS = 2048;
/** Longer, and the visitor's `hello` has given up. */
const FETCH_TIMEOUT_MS = 3_000;
/** A token with an unknown key may be forged: it makes the gateway ask the site at most this often. */
const COOLDOWN_MS = 30_000;
/** A key that the site takes back is good for this long still. */
const CACHE_MS = 10 * 60_000;

/** @throws {RangeError} when the secret is too short, or the key is not one of the three kinds. Never repeats either. */
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
      // No HS256: a public key used as a shared secret would let anybody sign.
      return { key: jwks, algorithms: ['RS256', 'ES256', 'EdDSA'] };
    }
  }
}

function secretBytes(secret: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < MIN_SECRET_BYTES)
    throw new RangeError(`the identity secret has ${bytes.length} bytes; it needs ${MIN_SECRET_BYTES}`);
  return bytes;
}

function readPublicKey(pem: string): Verifier {
  if (pem.includes('PRIVATE KEY'))
    throw new RangeError('expected a public key; the private one is not needed here');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new RangeError('expected a public key in PEM (-----BEGIN PUBLIC KEY-----)'); // the cause may quote it
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return { key, algorithms: ['RS256'] };
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { key, algorithms: ['ES256'] };
  if (type === 'ed25519') return { key, algorithms: ['EdDSA'] };
  throw new RangeError(`expected an RSA key of at least ${MIN_RSA_BITS} bits, a P-256 or an Ed25519 one`);
}
