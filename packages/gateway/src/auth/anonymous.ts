/** Visitors without an account: each gets a random id and a token that proves it next time. */
import { ChatError, type RandomBytes } from '@rivulet/protocol';
import { SignJWT, errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import type { Auth, Authenticated, Credentials } from './auth.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

export interface AnonymousAuthOptions {
  /** At least 32 bytes of UTF-8. Whoever has it can be any visitor; another one makes every visitor a new one. */
  secret: string;
  clock: Clock;
  random: RandomBytes;
  /** Default: 180 days. In its second half a token is replaced by a fresh one of the same visitor. */
  tokenLifetimeMs?: number;
}

const DEFAULT_TOKEN_LIFETIME_MS = 180 * 24 * 60 * 60_000;
/** HS256 is no stronger than its key (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;
/** 128 bits: beyond guessing, and beyond meeting another's by accident. */
const ID_BYTES = 16;
/** Ours are under 400; more is not worth a signature check. */
const MAX_TOKEN_CHARS = 2_048;
const ALGORITHM = 'HS256';

const ClaimsSchema = v.object({ sub: v.string(), aud: v.string(), iat: v.number(), exp: v.number() });
type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * Without a token a visitor is new; with one it is who the token says. A token that is not good is refused and not replaced, so
 * that a client notices that its conversations are out of reach: `unauthenticated` when it is expired, garbled or not ours,
 * `forbidden` when it is another site's.
 * @throws {RangeError} when the secret is too short.
 */
export function createAnonymousAuth(options: AnonymousAuthOptions): Auth {
  const { clock, random, tokenLifetimeMs = DEFAULT_TOKEN_LIFETIME_MS } = options;
  const key = new TextEncoder().encode(options.secret);
  if (key.length < MIN_SECRET_BYTES)
    throw new RangeError(
      `the secret of anonymous auth has ${key.length} bytes; it needs ${MIN_SECRET_BYTES}`,
    );

  const mint = async (id: string, siteId: string): Promise<Authenticated> => {
    const nowMs = clock.now();
    const expiresAtS = Math.floor((nowMs + tokenLifetimeMs) / 1000);
    const mintedToken = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: VISITOR_TOKEN_TYPE })
      .setSubject(id)
      .setAudience(siteId)
      .setIssuedAt(Math.floor(nowMs / 1000))
      .setExpirationTime(expiresAtS)
      .sign(key);
    return { principal: toPrincipal(id, siteId, expiresAtS), mintedToken };
  };

  return {
    async authenticate({ siteId, token }: Credentials): Promise<Authenticated> {
      if (token === undefined)
        return mint(`v_${Buffer.from(random(ID_BYTES)).toString('base64url')}`, siteId);
      const nowMs = clock.now();
      const { sub, aud, iat, exp } = await verify(token, key, nowMs);
      if (aud !== siteId)
        throw new ChatError('forbidden', { message: 'The visitor token is for another site.' });
      const isHalfOver = nowMs > ((iat + exp) / 2) * 1000;
      return isHalfOver ? mint(sub, siteId) : { principal: toPrincipal(sub, siteId, exp) };
    },
  };
}

const toPrincipal = (id: string, siteId: string, expiresAtS: number): Authenticated['principal'] => ({
  id,
  kind: 'anonymous',
  siteId,
  expiresAtMs: expiresAtS * 1000,
});

async function verify(token: string, key: Uint8Array, nowMs: number): Promise<Claims> {
  if (token.length > MAX_TOKEN_CHARS) throw refusal();
  try {
    // The algorithm is ours to say, never the token's: `none` and every other one are refused.
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: VISITOR_TOKEN_TYPE,
      currentDate: new Date(nowMs),
    });
    return v.parse(ClaimsSchema, payload);
  } catch (error) {
    // The error is no `cause`: jose's hold the claims, and causes are logged.
    if (error instanceof errors.JWTExpired)
      throw refusal('The visitor token has expired; connect without it.');
    if (error instanceof errors.JOSEError || error instanceof v.ValiError) throw refusal();
    throw ChatError.from(error);
  }
}

const refusal = (message = 'The visitor token is not valid; connect without it.'): ChatError =>
  new ChatError('unauthenticated', { message });
