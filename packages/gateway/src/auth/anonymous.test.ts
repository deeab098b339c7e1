import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { describeAuth } from '../testing/contracts/auth-contract.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { createAnonymousAuth } from './anonymous.ts';
import type { Auth } from './auth.ts';

const SECRET = 'a secret of thirty-two bytes, or more';
const LIFETIME_MS = 100_000;

function open(clock = createFakeClock()) {
  const create = (secret: string) =>
    createAnonymousAuth({ secret, clock, random: randomBytes, tokenLifetimeMs: LIFETIME_MS });
  const issueBy = (auth: Auth) => async (siteId: string) =>
    (await auth.authenticate({ siteId })).mintedToken ?? expect.unreachable('no token was minted');
  const auth = create(SECRET);
  return {
    auth,
    issue: issueBy(auth),
    forge: issueBy(create(SECRET.toUpperCase())),
    expire: () => {
      clock.advance(LIFETIME_MS + 1_000);
      return Promise.resolve();
    },
    dispose: () => Promise.resolve(),
  };
}

describeAuth('anonymous', open);

describe('anonymous auth', () => {
  let clock: FakeClock;
  let auth: Auth;
  beforeEach(() => {
    clock = createFakeClock();
    ({ auth } = open(clock));
  });

  it('gives each visitor without a token a new id and a token that proves it', async () => {
    const [one, other] = [
      await auth.authenticate({ siteId: 'shop' }),
      await auth.authenticate({ siteId: 'shop' }),
    ];
    expect(one.principal).toMatchObject({ kind: 'anonymous', siteId: 'shop' });
    expect(one.principal.id).toMatch(/^v_[\w-]{22}$/);
    expect(one.principal.expiresAtMs).toBe(clock.now() + LIFETIME_MS);
    expect(other.principal.id).not.toBe(one.principal.id);
    const token = one.mintedToken ?? '';
    expect(await auth.authenticate({ siteId: 'shop', token })).toEqual({
      principal: one.principal,
      tokens: one.tokens,
    });
  });

  it('replaces a token in the second half of its lifetime, so that returning visitors keep their identity', async () => {
    const { principal, mintedToken = '' } = await auth.authenticate({ siteId: 'shop' });
    clock.advance(LIFETIME_MS / 2 + 1);
    const renewed = await auth.authenticate({ siteId: 'shop', token: mintedToken });
    expect(renewed.principal.id).toBe(principal.id);
    clock.advance(LIFETIME_MS / 2 + 1);
    const token = renewed.mintedToken ?? '';
    expect((await auth.authenticate({ siteId: 'shop', token })).principal.id).toBe(principal.id);
  });

  it.each([
    ['of another type', { typ: 'JWT' }, { sub: 'v_1', aud: 'shop', iat: 1, exp: 9_999_999_999 }],
    [
      'of another algorithm',
      { alg: 'HS384', typ: 'rivulet-visitor+jwt' },
      { sub: 'v_1', aud: 'shop', iat: 1, exp: 9_999_999_999 },
    ],
    ['without a subject', { typ: 'rivulet-visitor+jwt' }, { aud: 'shop', iat: 1, exp: 9_999_999_999 }],
    ['without an end', { typ: 'rivulet-visitor+jwt' }, { sub: 'v_1', aud: 'shop', iat: 1 }],
    [
      'of two sites',
      { typ: 'rivulet-visitor+jwt' },
      { sub: 'v_1', aud: ['shop', 'b'], iat: 1, exp: 9_999_999_999 },
    ],
  ])('refuses a token %s, though the secret has signed it', async (_what, header, claims) => {
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', ...header })
      .sign(new TextEncoder().encode(SECRET));
    await expect(auth.authenticate({ siteId: 'shop', token })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('refuses a secret that is too short, and does not repeat it', () => {
    const start = () => createAnonymousAuth({ secret: 'hunter2', clock, random: randomBytes });
    expect(start).toThrow('has 7 bytes; it needs 32');
    expect(start).not.toThrow('hunter2');
  });
});
