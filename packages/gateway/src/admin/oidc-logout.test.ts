/** Logging out by the identity provider: whose sessions end, and attacks with tokens that end none. */
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { useOidcConsole, type TestBrowser } from '../testing/oidc-console.ts';

const oidc = useOidcConsole();
const { openBrowser } = oidc;
const PATH = '/admin/oidc/backchannel-logout';

/** The provider tells, which has no cookie and comes from an address of its own. */
async function tell(token: string, body = new URLSearchParams({ logout_token: token }).toString()) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await openBrowser().send(PATH, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Signs somebody in. @param claims of the provider */
async function signIn(claims: Record<string, unknown>): Promise<TestBrowser> {
  oidc.provider.claims = { groups: ['chat-admins'] };
  oidc.provider.tamper = (payload) => Object.assign(payload, claims);
  const browser = openBrowser();
  await browser.signIn();
  expect((await browser.send('/admin/api/me')).status).toBe(200);
  return browser;
}
const isSignedIn = async (browser: TestBrowser) => (await browser.send('/admin/api/me')).status === 200;

describe('a logout token of the provider', () => {
  it('ends all sessions of a person, and no others, and the audit log says so', async () => {
    const [first, second, other] = [
      await signIn({ sub: 'ann' }),
      await signIn({ sub: 'ann', sid: 's1' }),
      await signIn({ sub: 'anna' }),
    ];
    const answer = await tell(await oidc.provider.logoutToken((payload) => (payload.sub = 'ann')));
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect([await isSignedIn(first), await isSignedIn(second), await isSignedIn(other)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await oidc.console.audited()).toContainEqual({
      userName: '',
      action: 'console-logout-by-provider',
      target: 'ann',
    });
  });

  it.each([
    ['its session', { sid: 's1' }],
    ['its session and the person', { sub: 'ann', sid: 's1' }],
  ])('that names %s ends that one alone', async (_, named) => {
    const [first, second] = [
      await signIn({ sub: 'ann', sid: 's1' }),
      await signIn({ sub: 'ann', sid: 's2' }),
    ];
    const token = await oidc.provider.logoutToken((payload) => {
      delete payload.sub;
      Object.assign(payload, named);
    });
    expect((await tell(token)).status).toBe(200);
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true]);
  });

  it('ends nothing when it was there before: whoever has recorded it cannot sign people out again', async () => {
    await signIn({ sub: 'ann' });
    const token = await oidc.provider.logoutToken((payload) => (payload.sub = 'ann'));
    await tell(token);
    const again = await signIn({ sub: 'ann' });
    expect((await tell(token)).status).toBe(200);
    expect(await isSignedIn(again)).toBe(true);
  });

  it('of somebody who is not signed in is accepted, because the provider sends it to everybody', async () => {
    expect((await tell(await oidc.provider.logoutToken())).status).toBe(200);
  });

  it('is not accepted while the keys of the provider cannot be had, so that it is sent again', async () => {
    oidc.provider.publish = (metadata) => (metadata.issuer = 'https://another.example');
    expect((await tell(await oidc.provider.logoutToken())).status).toBe(503);
  });
});

describe('nobody is signed out by', () => {
  type Payload = Record<string, unknown>;
  const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
  it.each<[string, (payload: Payload, header: Payload) => unknown]>([
    ['a token for another client', (payload) => (payload.aud = 'another-client')],
    ['a token of another issuer', (payload) => (payload.iss = 'https://another.example')],
    ['a token that has expired', (payload) => (payload.exp = 1_000)],
    ['a token without an end', (payload) => delete payload.exp],
    ['a token that is an hour old', (payload) => (payload.iat = Date.now() / 1_000 - 3_600)],
    ['a token without an id', (payload) => delete payload.jti],
    ['a token without events', (payload) => delete payload.events],
    [
      'a token of another event',
      (payload) => (payload.events = { 'http://schemas.openid.net/event/other': {} }),
    ],
    ['a token whose event is a text', (payload) => (payload.events = { [EVENT]: 'yes' })],
    ['a token whose events are a list', (payload) => (payload.events = [EVENT])],
    ['a token with a nonce, as an ID token has it', (payload) => (payload.nonce = 'n')],
    ['a token with an empty nonce', (payload) => (payload.nonce = null)],
    ['a token of nobody', (payload) => delete payload.sub],
    ['a token whose person is a list', (payload) => (payload.sub = ['johndoe'])],
    ['an access token', (_payload, header) => (header.typ = 'at+jwt')],
  ])('%s', async (_, change) => {
    const browser = await signIn({});
    const { status, text } = await tell(await oidc.provider.logoutToken(change));
    expect([status, text]).toEqual([400, '{"error":"invalid_request"}']);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('a token that somebody else signed, nobody has signed, or the secret of the client has', async () => {
    const browser = await signIn({});
    const forger = await startIdentityProvider();
    const forged = await forger.logoutToken((payload) => (payload.iss = oidc.provider.issuer));
    await forger.stop();
    const token = await oidc.provider.logoutToken();
    const [, payload = ''] = token.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>; // JSON of an object
    const secret = new TextEncoder().encode('SecretOfTheClient');
    const shared = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    for (const each of [forged, none, shared, 'x', '']) expect((await tell(each)).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('a token that is not in the form, is there twice, or is in the address', async () => {
    const browser = await signIn({});
    const token = await oidc.provider.logoutToken();
    const twice = `logout_token=${token}&logout_token=${token}`;
    for (const body of ['', twice, JSON.stringify({ logout_token: token })])
      expect((await tell('', body)).status).toBe(400);
    expect((await openBrowser().send(`${PATH}?logout_token=${token}`, { method: 'POST' })).status).toBe(400);
    expect((await openBrowser().send(`${PATH}?logout_token=${token}`)).status).toBe(404);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('the ID token of somebody who has just signed in', async () => {
    const browser = await signIn({ sub: 'ann', events: { [EVENT]: {} }, jti: 'j' });
    const token = await oidc.provider.logoutToken((payload) =>
      Object.assign(payload, { sub: 'ann', nonce: 'the nonce of the attempt' }),
    );
    expect((await tell(token)).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('more than 600 tokens a minute from one address', async () => {
    const browser = openBrowser();
    const post = () => browser.send(PATH, { method: 'POST', body: 'logout_token=x' });
    const statuses = new Set<number>();
    for (let time = 0; time < 600; time += 1) statuses.add((await post()).status);
    const last = await post();
    expect([[...statuses], last.status, Number(last.headers.get('retry-after')) > 0]).toEqual([
      [400],
      429,
      true,
    ]);
  });
});
