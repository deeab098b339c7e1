/** Auth for users whom the site has signed in: they present a JWT that the site has signed. */
import { ChatError } from '@rivulet/protocol';
import { errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import { refusal, type Clock, type RefusalReason } from '../base/index.ts';
import type { Auth, Authenticated, Credentials } from './auth.ts';
import { createVerifier, type IdentityKey, type Verifier } from './identity-keys.ts';
import { DEFAULT_CLOCK_TOLERANCE_MS, isIssuedLater, tokenFactsOf, tokenFailureOf } from './token-failure.ts';
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
/** An RS256 token with a few claims has fewer than 1,000 characters; much longer ones are refused without a signature check. */
const MAX_TOKEN_CHARS = 8_192;

const ClaimsSchema = v.object({
  /** Stored as the owner of conversations: no control characters and no lone surrogates, which databases may refuse. */
  sub: v.pipe(v.string(), v.regex(/^\P{C}{1,256}$/u)),
  aud: v.union([v.string(), v.array(v.string())]),
  exp: v.pipe(v.number(), v.finite()),
  iat: v.optional(v.pipe(v.number(), v.finite())),
  jti: v.optional(v.string()),
});
type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * Creates an auth for the identity tokens of a site. A token identifies its `sub`, on the site in its `aud`, until its `exp`. It
 * is refused as `unauthenticated` when it is missing, expired, valid in the future only, malformed, has too long a lifetime or is not signed by the
 * site's key; as `forbidden` when it is for another site.
 * @throws {AuthConfigError} when the key cannot be used.
 */
export function createJwtAuth({ key, ...options }: JwtAuthOptions): Auth {
  const verifier = createVerifier(key);
  const { maxAgeMs = DEFAULT_MAX_AGE_MS, toleranceMs = DEFAULT_CLOCK_TOLERANCE_MS } = options;
  return {
    secrets: () => (key.kind === 'secret' ? [key.secret] : []),
    // With the tolerance of the lifetime, of a clock that is ahead, and after the end.
    tokenLifetimeMs: maxAgeMs + 3 * toleranceMs,
    async authenticate({ siteId, token }: Credentials): Promise<Authenticated> {
      if (token === undefined) throw refused('token-missing');
      const { sub, aud, exp, iat, jti } = await verify(token, verifier, options);
      if (![aud].flat().includes(siteId))
        throw refusal('forbidden', 'token-audience', { message: 'The identity token is for another site.' });
      const principal = { id: userIdOf(sub), kind: 'user' as const, siteId, expiresAtMs: exp * 1000 };
      return { principal, tokens: [tokenFactsOf({ iat, jti })] };
    },
  };
}

/** The prefix keeps a site from choosing a user id that equals the random id of a visitor (`v_…`). */
const userIdOf = (sub: string): string => `u_${sub}`;

type Checks = Omit<JwtAuthOptions, 'key'>;

async function verify(token: string, { key, algorithms }: Verifier, checks: Checks): Promise<Claims> {
  if (token.length > MAX_TOKEN_CHARS) throw refused('token-malformed');
  const { clock, issuer, toleranceMs = DEFAULT_CLOCK_TOLERANCE_MS } = checks;
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms,
      clockTolerance: toleranceMs / 1000,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp', 'aud'],
      ...(issuer === undefined ? {} : { issuer }),
    });
    // With the same secret for visitors and users, a visitor token would otherwise be accepted as a user's.
    if (protectedHeader.typ === VISITOR_TOKEN_TYPE) throw refused('token-malformed');
    return checkTimes(v.parse(ClaimsSchema, payload), checks);
  } catch (error) {
    throw refusalOf(error);
  }
}

function checkTimes(claims: Claims, checks: Checks): Claims {
  const { clock, maxAgeMs = DEFAULT_MAX_AGE_MS, toleranceMs = DEFAULT_CLOCK_TOLERANCE_MS } = checks;
  const { exp, iat = clock.now() / 1000 } = claims;
  if (isIssuedLater(claims.iat, clock.now(), toleranceMs)) throw refused('token-not-yet-valid');
  if ((exp - iat) * 1000 > maxAgeMs + toleranceMs) throw refused('token-lifetime');
  return claims;
}

/** Maps errors of jose. One that could hold claims does not become the `cause`, because causes are logged. */
function refusalOf(error: unknown): ChatError {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return unreachable(error);
  // An unusable response from the URL of the key set, for which jose has no class.
  if (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') return unreachable(error);
  const reason = tokenFailureOf(error);
  return reason === undefined ? ChatError.from(error) : refused(reason);
}

const unreachable = (cause: Error): ChatError => new ChatError('internal', { cause });

/** What the page can do about a reason that is not the fault of the key or the token's form. */
const MESSAGES: Partial<Record<RefusalReason, string>> = {
  'token-missing': 'This site asks for an identity token; sign in.',
  'token-expired': 'The identity token has expired; bring a fresh one.',
  'token-not-yet-valid':
    'The identity token is not valid yet; the clock of the site is ahead of that of the gateway.',
  'token-lifetime': 'The identity token lives too long; the site must sign shorter ones.',
};

const refused = (reason: RefusalReason): ChatError =>
  refusal('unauthenticated', reason, {
    message: MESSAGES[reason] ?? 'The identity token is not valid; bring a fresh one.',
  });
