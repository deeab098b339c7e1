/** Auth for visitors without an account: each gets a random id, and a token that proves it on the next visit. */
import { ChatError, type RandomBytes } from '@rivulet/protocol';
import { SignJWT, jwtVerify } from 'jose';
import * as v from 'valibot';
import { refusal, type Clock, type RefusalReason } from '../base/index.ts';
import { AuthConfigError } from './auth-config-error.ts';
import type { Auth, Authenticated, Credentials, TokenFacts } from './auth.ts';
import { DEFAULT_CLOCK_TOLERANCE_MS, isIssuedLater, tokenFactsOf, tokenFailureOf } from './token-failure.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

/** Options of `createAnonymousAuth`. */
export interface AnonymousAuthOptions {
  /**
   * At least 32 bytes of UTF-8. It allows impersonating any visitor, so keep it secret. After a change, existing tokens are not
   * valid and visitors lose their conversations.
   */
  secret: string;
  clock: Clock;
  random: RandomBytes;
  /** Default: 180 days. A token that is used in the second half of its lifetime is replaced by a new one. */
  tokenLifetimeMs?: number;
}

const DEFAULT_TOKEN_LIFETIME_MS = 180 * 24 * 60 * 60_000;
/** HS256 needs a key of at least 256 bits (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;
/** 128 bits, so that ids can be neither guessed nor drawn twice. */
const ID_BYTES = 16;
/** Visitor tokens have fewer than 400 characters; longer ones are refused without a signature check. */
const MAX_TOKEN_CHARS = 2_048;
const ALGORITHM = 'HS256';

const ClaimsSchema = v.object({
  sub: v.string(),
  aud: v.string(),
  iat: v.pipe(v.number(), v.finite()),
  exp: v.pipe(v.number(), v.finite()),
  /** Absent in tokens of earlier versions. */
  jti: v.optional(v.string()),
});
type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * Creates an auth for anonymous visitors. Without a token, it mints a new identity. A token that is not valid is refused, not
 * replaced, so that the client notices that it has lost access to its conversations: `unauthenticated` when it is expired,
 * malformed or not signed by this gateway, `forbidden` when it is for another site.
 * @throws {AuthConfigError} when the secret is too short.
 */
export function createAnonymousAuth(options: AnonymousAuthOptions): Auth {
  const { clock, random, tokenLifetimeMs = DEFAULT_TOKEN_LIFETIME_MS } = options;
  const key = new TextEncoder().encode(options.secret);
  if (key.length < MIN_SECRET_BYTES)
    throw new AuthConfigError(
      `the secret of anonymous auth has ${key.length} bytes; it needs ${MIN_SECRET_BYTES} or more`,
    );

  const mint = async (id: string, siteId: string, presented?: TokenFacts): Promise<Authenticated> => {
    const nowMs = clock.now();
    const token = { id: mintId(random), issuedAtMs: Math.floor(nowMs / 1000) * 1000 };
    const expiresAtS = Math.floor((nowMs + tokenLifetimeMs) / 1000);
    const mintedToken = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: VISITOR_TOKEN_TYPE })
      .setSubject(id)
      .setAudience(siteId)
      .setJti(token.id)
      .setIssuedAt(token.issuedAtMs / 1000)
      .setExpirationTime(expiresAtS)
      .sign(key);
    const tokens = presented === undefined ? [token] : [presented, token];
    return { principal: toPrincipal(id, siteId, expiresAtS), mintedToken, tokens };
  };

  return {
    secrets: () => [options.secret],
    // A token that was minted before the lifetime was shortened may live as long as the default.
    tokenLifetimeMs: Math.max(tokenLifetimeMs, DEFAULT_TOKEN_LIFETIME_MS),
    async authenticate({ siteId, token }: Credentials): Promise<Authenticated> {
      if (token === undefined) return mint(`v_${mintId(random)}`, siteId);
      const nowMs = clock.now();
      const { sub, aud, iat, exp, jti } = await verify(token, key, nowMs);
      if (aud !== siteId)
        throw refusal('forbidden', 'token-audience', { message: 'The visitor token is for another site.' });
      const isHalfOver = nowMs > ((iat + exp) / 2) * 1000;
      const presented = tokenFactsOf({ iat, jti });
      return isHalfOver
        ? mint(sub, siteId, presented)
        : { principal: toPrincipal(sub, siteId, exp), tokens: [presented] };
    },
  };
}

const mintId = (random: RandomBytes): string => Buffer.from(random(ID_BYTES)).toString('base64url');

const toPrincipal = (id: string, siteId: string, expiresAtS: number): Authenticated['principal'] => ({
  id,
  kind: 'anonymous',
  siteId,
  expiresAtMs: expiresAtS * 1000,
});

async function verify(token: string, key: Uint8Array, nowMs: number): Promise<Claims> {
  if (token.length > MAX_TOKEN_CHARS) throw refused('token-malformed');
  try {
    // Never trust the algorithm that the token names: `none` and all others are refused.
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: VISITOR_TOKEN_TYPE,
      currentDate: new Date(nowMs),
    });
    const claims = v.parse(ClaimsSchema, payload);
    if (isIssuedLater(claims.iat, nowMs, DEFAULT_CLOCK_TOLERANCE_MS)) throw refused('token-not-yet-valid');
    return claims;
  } catch (error) {
    const reason = tokenFailureOf(error);
    throw reason === undefined ? ChatError.from(error) : refused(reason);
  }
}

/** The words tell a client what to do, which is the same for every reason but the end of the token; the log has the reason. */
const refused = (reason: RefusalReason): ChatError =>
  refusal('unauthenticated', reason, {
    message:
      reason === 'token-expired'
        ? 'The visitor token has expired; connect without it.'
        : 'The visitor token is not valid; connect without it.',
  });
