/** Auth for users whom the site has signed in: they present a JWT that the site has signed. */
import { ChatError } from '@rivulet/protocol';
import { errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import type { Clock } from '../base/index.ts';
import type { Auth, Authenticated, Credentials } from './auth.ts';
import { createVerifier, type IdentityKey, type Verifier } from './identity-keys.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

/** Options of `createJwtAuth`. */
export interface JwtAuthOptions {
  key: IdentityKey;
  clock: Clock;
  /** The required `iss` of a token; absent: not checked. */
  issuer?: string | undefined;
  /** The longest accepted lifetime of a token, from `iat` (without one: from now) to `exp`. Default: a day. */
  maxAgeMs?: number | undefined;
  /** The accepted difference between the clocks of site and gateway. Default: 30,000. */
  toleranceMs?: number | undefined;
}

const DEFAULT_MAX_AGE_MS = 24 * 60 * 60_000;
const DEFAULT_TOLERANCE_MS = 30_000;
/** An RS256 token with a few claims has fewer than 1,000 characters; much longer ones are refused without a signature check. */
const MAX_TOKEN_CHARS = 8_192;

const ClaimsSchema = v.object({
  /** Stored as the owner of conversations: no control characters and no lone surrogates, which databases may refuse. */
  sub: v.pipe(v.string(), v.regex(/^\P{C}{1,256}$/u)),
  aud: v.union([v.string(), v.array(v.string())]),
  exp: v.number(),
  iat: v.optional(v.number()),
});
type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * Creates an auth for the identity tokens of a site. A token identifies its `sub`, on the site in its `aud`, until its `exp`. It
 * is refused as `unauthenticated` when it is missing, expired, malformed, has too long a lifetime or is not signed by the
 * site's key; as `forbidden` when it is for another site.
 * @throws {AuthConfigError} when the key cannot be used.
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

/** The prefix keeps a site from choosing a user id that equals the random id of a visitor (`v_…`). */
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
    // With the same secret for visitors and users, a visitor token would otherwise be accepted as a user's.
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

/** Maps errors of jose. One that could hold claims does not become the `cause`, because causes are logged. */
function refusalOf(error: unknown): ChatError {
  if (error instanceof errors.JWTExpired)
    return refusal('The identity token has expired; bring a fresh one.');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return unreachable(error);
  // An unusable response from the URL of the key set, for which jose has no class.
  if (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') return unreachable(error);
  if (error instanceof errors.JOSEError || error instanceof v.ValiError) return refusal();
  return ChatError.from(error);
}

const unreachable = (cause: Error): ChatError => new ChatError('internal', { cause });

const refusal = (message = 'The identity token is not valid; bring a fresh one.'): ChatError =>
  new ChatError('unauthenticated', { message });
