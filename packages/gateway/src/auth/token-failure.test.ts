import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { randomBytes, refusalReasonOf } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createAnonymousAuth } from './anonymous.ts';
import type { Auth } from './auth.ts';
import { createJwtAuth } from './jwt.ts';
import { createSiteAuth } from './site-auth.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

const SECRET = 'a secret of thirty-two bytes, or more';
const clock = createFakeClock();
const nowS = clock.now() / 1000;
const users = createJwtAuth({ key: { kind: 'secret', secret: SECRET }, issuer: 'https://shop.test', clock });
const visitors = createAnonymousAuth({ secret: SECRET, clock, random: randomBytes });
const guests = createSiteAuth({ anonymous: visitors, usersOf: () => undefined });
const CLAIMS = { sub: 'ann', aud: 'shop', iss: 'https://shop.test', iat: nowS, exp: nowS + 60 };

const signed = (claims: JWTPayload, { typ = 'JWT', secret = SECRET, alg = 'HS256' } = {}) =>
  new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg, typ })
    .sign(new TextEncoder().encode(secret.padEnd(64)).slice(0, secret === SECRET ? SECRET.length : 64));

const reasonOf = (auth: Auth, token?: string) =>
  auth
    .authenticate({ siteId: 'shop', ...(token === undefined ? {} : { token }) })
    .then(() => expect.unreachable('the token was accepted'), refusalReasonOf);

describe('why a token was refused', () => {
  it.each<[string, JWTPayload, string]>([
    ['has expired', { iat: nowS - 120, exp: nowS - 60 }, 'token-expired'],
    ['begins later', { nbf: nowS + 60 }, 'token-not-yet-valid'],
    ['was signed for later', { iat: nowS + 60, exp: nowS + 120 }, 'token-not-yet-valid'],
    ['is for another site', { aud: 'blog' }, 'token-audience'],
    ['is of another issuer', { iss: 'https://other.test' }, 'token-issuer'],
    ['lives too long', { exp: nowS + 1_000_000 }, 'token-lifetime'],
    ['has no subject', { sub: '' }, 'token-malformed'],
  ])('is known: an identity token %s', async (_what, claims, reason) => {
    expect(await reasonOf(users, await signed(claims))).toBe(reason);
  });

  it('tells a wrong signature, a wrong algorithm and no token apart', async () => {
    expect(await reasonOf(users, await signed({}, { secret: 'the secret of somebody else' }))).toBe(
      'token-signature',
    );
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rs256 = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    expect(await reasonOf(users, rs256)).toBe('token-algorithm');
    expect(await reasonOf(users, 'no token')).toBe('token-malformed');
    expect(await reasonOf(users)).toBe('token-missing');
    expect(await reasonOf(guests, await signed({}))).toBe('token-not-taken');
  });

  it.each<[JWTPayload, string]>([
    [{ iat: nowS + 60 }, 'token-not-yet-valid'],
    [{ iat: nowS - 120, exp: nowS - 60 }, 'token-expired'],
    [{ aud: 'blog' }, 'token-audience'],
  ])('is known: a visitor token with %j', async (claims, reason) => {
    expect(await reasonOf(visitors, await signed(claims, { typ: VISITOR_TOKEN_TYPE }))).toBe(reason);
  });

  it('is not the clock of the site when it is ahead by less than 30 s', async () => {
    const token = await signed({ iat: nowS + 29, nbf: nowS + 29, exp: nowS + 60 });
    expect((await users.authenticate({ siteId: 'shop', token })).principal.id).toBe('u_ann');
  });
});
