/** People whom the site has signed in: a JWT of the site names them. */
import { ChatError } from '@rivulet/protocol';
import { errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import type { Auth, Authenticated, Credentials } from './auth.ts';
import { createVerifier, type IdentityKey, type Verifier } from './identity-keys.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

export interface JwtAuthOptions {
  key: IdentityKey;
  clock: Clock;
  /** The `iss` that a token must have; absent: any or none. */
  issuer?: string | undefined;
  /** The longest life of a token, from `iat` (without one: from now) to `exp`. Default: a day. */
  maxAgeMs?: number | undefined;
  /** How far the clocks of site and gateway may differ. Default: 30 s. */
  toleranceMs?: number | undefined;
}

const DEFAULT_MAX_AGE_MS = 24 * 60 * 60_000;
const DEFAULT_TOLERANCE_MS = 30_000;
/** RS256 with a handful of claims is under 1,000; more is not worth a signature check. */
const MAX_TOKEN_CHARS = 8_192;

const ClaimsSchema = v.object({
  /** Kept as the owner of conversations: no control characters, which a database may refuse, no half letters. */
  sub: v.pipe(v.string(), v.regex(/^\P{C}{1,256}$/u)),
  aud: v.union([v.string(), v.array(v.string())]),
  exp: v.number(),
  iat: v.optional(v.number()),
});
type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * A token is who its `sub` says, for the site that its `aud` names, until its `exp`. Refused: `unauthenticated` when it is
 * missing, expired, garbled, lives too long or is not signed by the site's key; `forbidden` when it is another site's.
 * @throws {RangeError} when the key will not do.
 */
export function createJwtAuth({ key, ...options }: JwtAuthOptions): Auth {
  const verifier = createVerifier(key);
  return {
    async authenticate({ siteId, token }: Credentials): Promise<Authenticated> {
      if (token === undefined) throw refusal('This site asks for an identity token; sign in.');
      const { sub, aud, exp } = await verify(token, verifier, options);
      if (![aud].flat().includes(siteId))
        throw new ChatError('forbidden', { message: 'The identity token is for another site.' });
      return { principal: { id: userIdOf(sub), kind: 'user', siteId, expiresAtMs: exp * 1000 } };
    },
  };
}

/** A prefix of its own: a site cannot name one of its people so that it meets the random id of a visitor (`v_…`). */
const userIdOf = (sub: string): string => `u_${sub}`;

type Checks = Omit<JwtAuthOptions, 'key'>;

async function verify(token: string, { key, algorithms }: Verifier, checks: Checks): Promise<Claims> {
  if (token.length > MAX_TOKEN_CHARS) throw refusal();
  const { clock, issuer, toleranceMs = DEFAULT_TOLERANCE_MS } = checks;
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms,
      clockTolerance: toleranceMs / 1000,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp', 'aud'],
      ...(issuer === undefined ? {} : { issuer }),
    });
    // One secret for both would make every visitor a person.
    if (protectedHeader.typ === VISITOR_TOKEN_TYPE) throw refusal();
    return checkLifetime(v.parse(ClaimsSchema, payload), checks);
  } catch (error) {
    throw refusalOf(error);
  }
}

function checkLifetime(
  claims: Claims,
  { clock, maxAgeMs = DEFAULT_MAX_AGE_MS, toleranceMs }: Checks,
): Claims {
  const { exp, iat = clock.now() / 1000 } = claims;
  if ((exp - iat) * 1000 > maxAgeMs + (toleranceMs ?? DEFAULT_TOLERANCE_MS))
    throw refusal('The identity token lives too long; the site must sign shorter ones.');
  return claims;
}

/** The error is no `cause` where it could hold claims: causes are logged. */
function refusalOf(error: unknown): ChatError {
  if (error instanceof errors.JWTExpired)
    return refusal('The identity token has expired; bring a fresh one.');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return unreachable(error);
  // Of the key set's address: an answer that is none, which has no class of its own.
  if (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') return unreachable(error);
  if (error instanceof errors.JOSEError || error instanceof v.ValiError) return refusal();
  return ChatError.from(error);
}

const unreachable = (cause: Error): ChatError => new ChatError('internal', { cause });

const refusal = (message = 'The identity token is not valid; bring a fresh one.'): ChatError =>
  new ChatError('unauthenticated', { message });
