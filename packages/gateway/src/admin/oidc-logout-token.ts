/** Logout tokens of OpenID Connect Back-Channel Logout 1.0: what an identity provider signs when somebody has signed out there. */
import { createRemoteJWKSet, jwtVerify, type JWTHeaderParameters, type JWTVerifyGetKey } from 'jose';
import * as v from 'valibot';
import { OidcError } from './oidc-error.ts';

/** Whose sessions end. At least one of `sub` and `sid` is there. */
export interface LogoutClaims {
  /** The id of the token, which is accepted once. */
  jti: string;
  /** The person. */
  sub?: string | undefined;
  /** The session at the provider; absent: all of the person. */
  sid?: string | undefined;
}

/** What a token must be of. */
export interface LogoutTokenOptions {
  issuer: string;
  clientId: string;
  keys: JWTVerifyGetKey;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Signatures with the secret of the client are not taken: that would make the secret a key of everybody who has it. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** Tokens are sent at once, and sent again by some providers. The id of each is kept for so long. */
export const LOGOUT_TOKEN_S = 600;
/** As the identity tokens of visitors have it. */
const CLOCK_TOLERANCE_S = 30;
/** `JWT` says nothing; any other type is a token for something else. */
const TYPES = [undefined, 'jwt', 'logout+jwt'];
const KEYS_TIMEOUT_MS = 5_000;

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const ClaimsSchema = v.pipe(
  v.looseObject({
    jti: short,
    sub: v.optional(short),
    sid: v.optional(short),
    events: v.looseObject({ [EVENT]: v.looseObject({}) }),
    /** An ID token has one; a logout token must not. */
    nonce: v.optional(v.never()),
  }),
  v.check(({ sub, sid }) => sub !== undefined || sid !== undefined),
);

/** The keys that a provider publishes, fetched when one is needed that is not known. */
export const remoteKeys = (uri: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(uri), { timeoutDuration: KEYS_TIMEOUT_MS });

/** @throws {OidcError} `refused` for anything that is no valid logout token of the provider for this client; `unavailable` */
export async function verifyLogoutToken(
  token: string,
  { issuer, clientId, keys }: LogoutTokenOptions,
): Promise<LogoutClaims> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      ...{ issuer, audience: clientId, algorithms: ALGORITHMS, requiredClaims: ['exp', 'iat', 'jti'] },
      ...{ maxTokenAge: LOGOUT_TOKEN_S, clockTolerance: CLOCK_TOLERANCE_S },
    });
    if (!TYPES.includes(typeOf(protectedHeader))) throw new Error('the token is one of another type');
    const claims = v.safeParse(ClaimsSchema, payload);
    if (!claims.success || Object.hasOwn(payload, 'nonce')) throw new Error('the token is no logout token');
    const { jti, sub, sid } = claims.output;
    return { jti, sub, sid };
  } catch (error) {
    throw OidcError.of(error);
  }
}

const typeOf = ({ typ }: JWTHeaderParameters): string | undefined =>
  typ?.toLowerCase().replace(/^application\//, '');
