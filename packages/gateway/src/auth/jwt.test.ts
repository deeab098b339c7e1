import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, type JWTPayload } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { describeAuth } from '../testing/contracts/auth-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { IdentityKey } from './identity-keys.ts';
import { createJwtAuth, type JwtAuthOptions } from './jwt.ts';

const SECRET = 'a secret of thirty-two bytes, or more';
const LIFETIME_MS = 600_000;
const bytesOf = (secret: string) => new TextEncoder().encode(secret);
const pairs = {
  RS256: [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 })),
  ES256: [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })),
  EdDSA: [0, 1].map(() => generateKeyPairSync('ed25519')),
};
type Algorithm = keyof typeof pairs;
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

interface Signer {
  alg: string;
  key: KeyObject | Uint8Array;
  kid?: string;
}
const sign = ({ alg, key, kid }: Signer, claims: JWTPayload, typ?: string) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }), ...(typ === undefined ? {} : { typ }) })
    .sign(key);

interface Kind {
  good: Signer;
  forger: Signer;
  key: () => Promise<IdentityKey> | IdentityKey;
}
const servers = new Set<Server>();
afterEach(() => {
  for (const server of servers) server.close();
  servers.clear();
});

/** Serves a key set over HTTP, as a site does. */
async function publish(answer: () => unknown): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer()));
  });
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  return `http://127.0.0.1:${port}/keys`;
}

function asymmetric(alg: Algorithm, how: 'static' | 'published'): Kind {
  const [own, other] = pairs[alg] as [(typeof pairs)[Algorithm][0], (typeof pairs)[Algorithm][0]]; // of two each
  const key = async (): Promise<IdentityKey> => {
    if (how === 'static') return { kind: 'public-key', pem: pemOf(own.publicKey) };
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg };
    return { kind: 'jwks', url: await publish(() => ({ keys: [jwk] })) };
  };
  const signer = (privateKey: KeyObject) => ({ alg, key: privateKey, kid: 'one' });
  return { good: signer(own.privateKey), forger: signer(other.privateKey), key };
}

const secretKind: Kind = {
  good: { alg: 'HS256', key: bytesOf(SECRET) },
  forger: { alg: 'HS256', key: bytesOf(SECRET.toUpperCase()) },
  key: () => ({ kind: 'secret', secret: SECRET }),
};

async function open(kind: Kind, options: Partial<JwtAuthOptions> = {}) {
  const clock = createFakeClock();
  const auth = createJwtAuth({ key: await kind.key(), clock, ...options });
  let users = 0;
  const issueBy = (signer: Signer) => (siteId: string) => {
    users += 1;
    const exp = Math.floor((clock.now() + LIFETIME_MS) / 1000);
    return sign(signer, { sub: `person ${users}`, aud: siteId, exp });
  };
  return {
    auth,
    clock,
    issue: issueBy(kind.good),
    forge: issueBy(kind.forger),
    expire: () => {
      clock.advance(LIFETIME_MS + 60_000);
      return Promise.resolve();
    },
    dispose: () => Promise.resolve(),
  };
}

describeAuth('JWT, shared secret', () => open(secretKind));
describeAuth('JWT, published keys', () => open(asymmetric('ES256', 'published')));
for (const alg of Object.keys(pairs) as Algorithm[])
  describeAuth(`JWT, public key, ${alg}`, () => open(asymmetric(alg, 'static')));

describe('JWT auth', () => {
  const nowS = createFakeClock().now() / 1000;
  const claims = { sub: 'ann', aud: 'shop', exp: nowS + 60 };
  const ask = async (payload: JWTPayload, options: Partial<JwtAuthOptions> = {}, typ?: string) => {
    const { auth } = await open(secretKind, options);
    return auth.authenticate({ siteId: 'shop', token: await sign(secretKind.good, payload, typ) });
  };

  it('gives a user an id that no visitor can have, until the token expires', async () => {
    const { principal, mintedToken } = await ask({ ...claims, sub: 'v_0123456789abcdefghijkl' });
    expect(principal).toEqual({
      id: 'u_v_0123456789abcdefghijkl',
      kind: 'user',
      siteId: 'shop',
      expiresAtMs: claims.exp * 1000,
    });
    expect(mintedToken).toBeUndefined();
  });

  it('accepts a token for several sites on each of them, and one from a clock that is slightly off', async () => {
    expect((await ask({ ...claims, aud: ['blog', 'shop'] })).principal.siteId).toBe('shop');
    expect((await ask({ ...claims, exp: nowS - 29 })).principal.id).toBe('u_ann');
    expect((await ask({ ...claims, nbf: nowS + 29 })).principal.id).toBe('u_ann');
  });

  it.each<[string, JWTPayload, Partial<JwtAuthOptions>?, string?]>([
    ['without a subject', { aud: 'shop', exp: nowS + 60 }],
    ['without an end', { sub: 'ann', aud: 'shop' }],
    ['without a site', { sub: 'ann', exp: nowS + 60 }],
    ['of an empty subject', { ...claims, sub: '' }],
    ['of a subject with a control character', { ...claims, sub: 'ann\0' }],
    ['of a subject with half a letter', { ...claims, sub: 'ann\ud83d' }],
    ['of a subject that is too long', { ...claims, sub: 'a'.repeat(257) }],
    ['that is not good yet', { ...claims, nbf: nowS + 31 }],
    ['that lives for two days', { ...claims, exp: nowS + 2 * 86_400 }],
    ['that was made to live for two days', { ...claims, iat: nowS - 2 * 86_400 + 60 }],
    [
      'over the age that the site allows',
      { ...claims, exp: nowS + 301 },
      { maxAgeMs: 300_000, toleranceMs: 0 },
    ],
    ['of another issuer', { ...claims, iss: 'b' }, { issuer: 'a' }],
    ['without the issuer', claims, { issuer: 'a' }],
    ['of a visitor, signed with the same secret', claims, {}, 'rivulet-visitor+jwt'],
  ])('refuses a token %s', async (_what, payload, options, typ) => {
    await expect(ask(payload, options, typ)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refuses a client without a token and asks for one', async () => {
    const { auth } = await open(secretKind);
    await expect(auth.authenticate({ siteId: 'shop' })).rejects.toThrow('asks for an identity token');
  });

  it('does not accept a public key as a shared secret', async () => {
    const kind = asymmetric('RS256', 'published');
    const { auth } = await open(kind);
    const pem = pemOf(pairs.RS256[0]!.publicKey);
    const token = await sign({ alg: 'HS256', key: bytesOf(pem), kid: 'one' }, claims);
    await expect(auth.authenticate({ siteId: 'shop', token })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('is unauthenticated for an unknown key, and internal when the key set cannot be read', async () => {
    const { good } = asymmetric('ES256', 'static');
    const token = await sign(good, claims);
    const ask = async (answer: () => unknown) => {
      const key = { kind: 'jwks' as const, url: await publish(answer) };
      return createJwtAuth({ key, clock: createFakeClock() }).authenticate({ siteId: 'shop', token });
    };
    await expect(ask(() => ({ keys: [] }))).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(ask(() => 'not a key set')).rejects.toMatchObject({ code: 'internal' });
    const nowhere = { kind: 'jwks' as const, url: 'http://127.0.0.1:1/keys' };
    const auth = createJwtAuth({ key: nowhere, clock: createFakeClock() });
    await expect(auth.authenticate({ siteId: 'shop', token })).rejects.toMatchObject({ code: 'internal' });
  });

  it.each<[string, IdentityKey]>([
    ['has 7 bytes; it needs 32', { kind: 'secret', secret: 'hunter2' }],
    ['expected a public key in PEM', { kind: 'public-key', pem: 'hunter2' }],
    [
      'expected a public key; the private one',
      {
        kind: 'public-key',
        pem: pairs.EdDSA[0]!.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    ],
    [
      'of at least 2048 bits',
      { kind: 'public-key', pem: pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) },
    ],
    [
      'a P-256 or an Ed25519',
      { kind: 'public-key', pem: pemOf(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey) },
    ],
  ])('refuses an unusable key (%s) and does not repeat it', (words, key) => {
    const start = () => createJwtAuth({ key, clock: createFakeClock() });
    expect(start).toThrow(words);
    expect(start).not.toThrow('hunter2');
  });
});
