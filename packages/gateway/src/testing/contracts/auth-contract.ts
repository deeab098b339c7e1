/** The contract suite of `Auth`, including hostile tokens. Every adapter must pass it. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Auth } from '../../auth/auth.ts';

/** What a test needs from an adapter of `Auth`. */
export interface AuthFixture {
  /** The adapter under test. */
  auth: Auth;
  /** Issues a valid token for a new visitor or user of this site. */
  issue(siteId: string): Promise<string>;
  /** Issues the same token, signed with a key that the adapter does not trust. */
  forge(siteId: string): Promise<string>;
  /** Advances the time until every issued token has expired. */
  expire(): Promise<void>;
  /** Releases everything. Called after each test. */
  dispose(): Promise<void>;
}

const SITE = 'shop';
type Tamper = (parts: { header: string; claims: string; signature: string }) => string;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const changed = (part: string, changes: object): string => {
  const before = JSON.parse(Buffer.from(part, 'base64url').toString()) as object; // issued by the fixture, so it is JSON
  return encode({ ...before, ...changes });
};

/** Manipulations of a valid token, by the end of the test's title. */
const TAMPERED: Record<string, Tamper> = {
  'without a signature': ({ header, claims }) => `${header}.${claims}.`,
  'with alg none': ({ header, claims }) => `${changed(header, { alg: 'none' })}.${claims}.`,
  'with alg None and the old signature': ({ header, claims, signature }) =>
    `${changed(header, { alg: 'None' })}.${claims}.${signature}`,
  'with another algorithm': ({ header, claims, signature }) =>
    `${changed(header, { alg: 'HS512' })}.${claims}.${signature}`,
  'whose subject was replaced': ({ header, claims, signature }) =>
    `${header}.${changed(claims, { sub: 'somebody-else' })}.${signature}`,
  'whose expiry was extended': ({ header, claims, signature }) =>
    `${header}.${changed(claims, { exp: 99_999_999_999 })}.${signature}`,
  'with a critical extension': ({ header, claims, signature }) =>
    `${changed(header, { crit: ['b64'], b64: false })}.${claims}.${signature}`,
  'with a truncated signature': ({ header, claims, signature }) =>
    `${header}.${claims}.${signature.slice(0, -4)}`,
  'with only two parts': ({ header, claims }) => `${header}.${claims}`,
  'that is empty': () => '',
  'that is not a token': () => 'Bearer undefined',
  'with NUL and an emoji': ({ header, claims }) => `${header}\0.${claims}.🌊`,
  'of a megabyte': ({ header, claims, signature }) =>
    `${header}.${claims}.${signature}${'A'.repeat(1_000_000)}`,
};

/** Runs the contract suite. @param open creates a fixture for each test */
export function describeAuth(name: string, open: () => AuthFixture | Promise<AuthFixture>): void {
  describe(`auth: ${name}`, () => {
    let fixture: AuthFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());
    const rejection = (token: string, siteId = SITE): Promise<unknown> =>
      fixture.auth.authenticate({ siteId, token }).then(
        () => expect.unreachable('the token was accepted'),
        (error: unknown) => error,
      );

    it('a valid token gives the same principal of its site each time, and no new token is minted', async () => {
      const token = await fixture.issue(SITE);
      const first = await fixture.auth.authenticate({ siteId: SITE, token });
      expect(first.principal.siteId).toBe(SITE);
      expect(first.mintedToken).toBeUndefined();
      expect(await fixture.auth.authenticate({ siteId: SITE, token })).toEqual(first);
    });

    it('the tokens of two visitors give two principals', async () => {
      const tokens = [await fixture.issue(SITE), await fixture.issue(SITE)];
      const both = await Promise.all(
        tokens.map((token) => fixture.auth.authenticate({ siteId: SITE, token })),
      );
      expect(new Set(both.map(({ principal }) => principal.id)).size).toBe(2);
    });

    it('an expired token is rejected as unauthenticated', async () => {
      const token = await fixture.issue(SITE);
      await fixture.expire();
      expect(await rejection(token)).toMatchObject({ name: 'ChatError', code: 'unauthenticated' });
    });

    it("a token of another site is forbidden, also when one site's id is a prefix of the other's (9)", async () => {
      const token = await fixture.issue(SITE);
      for (const siteId of [`${SITE}-2`, SITE.slice(0, -1), SITE.toUpperCase(), ''])
        expect(await rejection(token, siteId)).toMatchObject({ name: 'ChatError', code: 'forbidden' });
    });

    it('a token that is signed with an untrusted key is rejected as unauthenticated', async () => {
      const refused = { name: 'ChatError', code: 'unauthenticated' };
      expect(await rejection(await fixture.forge(SITE))).toMatchObject(refused);
      expect(await rejection(await fixture.forge('elsewhere'))).toMatchObject(refused);
    });

    it.each(Object.entries(TAMPERED))('a token %s is rejected as unauthenticated', async (_how, tamper) => {
      const [header = '', claims = '', signature = ''] = (await fixture.issue(SITE)).split('.');
      const refused = await rejection(tamper({ header, claims, signature }));
      expect(refused).toMatchObject({ name: 'ChatError', code: 'unauthenticated' });
    });

    it('no error contains the token or its claims, also when a logger inspects it', async () => {
      const good = await fixture.issue(SITE);
      const { id } = (await fixture.auth.authenticate({ siteId: SITE, token: good })).principal;
      const errors = [await rejection(good, 'elsewhere'), await rejection(`${good}x`)];
      await fixture.expire();
      errors.push(await rejection(good));
      const shown = inspect(errors, { depth: 9, showHidden: true });
      for (const part of [...good.split('.'), id]) expect(shown).not.toContain(part);
    });
  });
}
