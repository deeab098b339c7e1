import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { describeAuth } from '../testing/contracts/auth-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createAnonymousAuth } from './anonymous.ts';
import { createJwtAuth } from './jwt.ts';
import { createSiteAuth } from './site-auth.ts';

/** The same secret for visitors and users: the worst configuration. */
const SECRET = 'a secret of thirty-two bytes, or more';
const LIFETIME_MS = 600_000;

function open(secret = SECRET) {
  const clock = createFakeClock();
  const anonymous = createAnonymousAuth({ secret, clock, random: randomBytes, tokenLifetimeMs: LIFETIME_MS });
  const users = createJwtAuth({ key: { kind: 'secret', secret }, clock });
  const usersOf = (siteId: string) => (siteId === 'blog' ? undefined : users);
  return { auth: createSiteAuth({ anonymous, usersOf }), clock };
}

const signed = (secret: string, siteId: string, expS: number) =>
  new SignJWT({ sub: `person ${Math.random()}`, aud: siteId, exp: expS })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));

describeAuth('a site’s people, beside visitors', () => {
  const { auth, clock } = open();
  const issueBy = (secret: string) => (siteId: string) =>
    signed(secret, siteId, Math.floor((clock.now() + LIFETIME_MS) / 1000));
  const expire = () => {
    clock.advance(LIFETIME_MS + 60_000);
    return Promise.resolve();
  };
  const dispose = () => Promise.resolve();
  return { auth, issue: issueBy(SECRET), forge: issueBy(SECRET.toUpperCase()), expire, dispose };
});

describeAuth('visitors, beside a site’s people', () => {
  const { auth, clock } = open();
  const mintBy = (by: typeof auth) => async (siteId: string) =>
    (await by.authenticate({ siteId })).mintedToken ?? expect.unreachable('no token was minted');
  const expire = () => {
    clock.advance(LIFETIME_MS + 60_000);
    return Promise.resolve();
  };
  const dispose = () => Promise.resolve();
  return { auth, issue: mintBy(auth), forge: mintBy(open(SECRET.toUpperCase()).auth), expire, dispose };
});

describe('the auth of a site', () => {
  it('passes each token to the auth for its type, whoever signed it', async () => {
    const { auth, clock } = open();
    const visitor = await auth.authenticate({ siteId: 'shop' });
    const token = visitor.mintedToken ?? '';
    expect((await auth.authenticate({ siteId: 'shop', token })).principal.kind).toBe('anonymous');
    const user = await signed(SECRET, 'shop', clock.now() / 1000 + 60);
    expect((await auth.authenticate({ siteId: 'shop', token: user })).principal.kind).toBe('user');
  });

  it('states it when a site has no sign-in', async () => {
    const { auth, clock } = open();
    const token = await signed(SECRET, 'blog', clock.now() / 1000 + 60);
    const asking = auth.authenticate({ siteId: 'blog', token });
    await expect(asking).rejects.toThrow('takes no identity tokens');
    await expect(asking).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
