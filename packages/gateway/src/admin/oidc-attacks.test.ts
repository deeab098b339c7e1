/** Attacks on signing in to the console by OIDC, against a provider on loopback that lies where the attack needs it. */
import { describe, expect, it } from 'vitest';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { CONSOLE_URL, oidcSettingsOf, useOidcConsole, type TestBrowser } from '../testing/oidc-console.ts';
import { ATTEMPT_MS } from './oidc-attempt.ts';

const oidc = useOidcConsole();
const { openBrowser, restart } = oidc;

/** The page of a refusal: its status and words. No session was begun. */
async function expectRefused(browser: TestBrowser, response: Response, [status, words]: [number, RegExp]) {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.stringMatching(words)]);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect([...browser.cookies.keys()]).toEqual([]);
  expect(await oidc.console.store.console.listSessions(0)).toEqual([]);
}

describe('nobody is let in', () => {
  it('without a rule that applies, and the audit log says who it was', async () => {
    oidc.provider.claims = { groups: ['Chat-Admins', 'chat-admins-2'], realm_access: 'support' };
    const browser = openBrowser();
    await expectRefused(browser, await browser.signIn(), [403, /no rights in this console/]);
    expect(await oidc.console.audited()).toEqual([
      { userName: '', action: 'console-login-refused', target: 'johndoe' },
    ]);
  });

  it.each([
    ['an address that is not verified', { email: 'eve@example.com' }],
    ['an address that is said not to be verified', { email: 'eve@example.com', email_verified: false }],
    ['two addresses', { email: ['eve@example.com'], email_verified: true }],
    [
      'the address in another claim',
      { email: 'x@example.com', email_verified: true, groups: 'eve@example.com' },
    ],
    ['a claim of the prototype', { groups: {}, realm_access: { __proto__: null } }],
  ])('with %s', async (_, claims) => {
    oidc.provider.claims = claims;
    const browser = openBrowser();
    await expectRefused(browser, await browser.signIn(), [403, /no rights/]);
  });

  it('of another domain, and a group of a domain that is allowed does not help', async () => {
    await restart({ adminOidc: { ...oidcSettingsOf(oidc.provider), emailDomains: ['Example.com'] } });
    const statuses: number[] = [];
    for (const email of [
      'ann@example.com',
      'ann@sub.example.com',
      'ann@example.com.evil.org',
      'a@b@example.com',
    ]) {
      oidc.provider.claims = { email, email_verified: true, groups: ['chat-admins'] };
      statuses.push((await openBrowser().signIn()).status);
    }
    expect(statuses).toEqual([303, 403, 403, 403]);
  });

  it('whose subject would write into the audit log', async () => {
    oidc.provider.tamper = (payload) => {
      payload.sub = 'ann\n2026-11-30 admin console-login';
    };
    const browser = openBrowser();
    await expectRefused(browser, await browser.signIn(), [403, /no rights/]);
    expect(await oidc.console.audited()).toEqual([
      { userName: '', action: 'console-login-refused', target: '' },
    ]);
  });

  it.each<[string, (payload: Record<string, unknown>) => void]>([
    ['a wrong nonce', (payload) => (payload.nonce = 'another')],
    ['the audience of another client', (payload) => (payload.aud = 'another-client')],
    ['another issuer', (payload) => (payload.iss = 'https://another.example')],
    ['a token that has expired', (payload) => (payload.exp = 1_000)],
    [
      'a token for several clients that was made for another',
      (payload) => {
        payload.aud = ['console', 'other'];
        payload.azp = 'other';
      },
    ],
    ['no subject', (payload) => delete payload.sub],
  ])('by %s', async (_, tamper) => {
    oidc.provider.tamper = tamper;
    const browser = openBrowser();
    await expectRefused(browser, await browser.signIn(), [502, /cannot be trusted.*Reference: /s]);
    expect(oidc.console.lines.join()).toMatch(/what the identity provider answered was refused/);
    expect(await oidc.console.audited()).toEqual([]);
  });

  it('by a token that somebody else signed', async () => {
    const forger = await startIdentityProvider();
    // The keys of the forger are not those that the issuer publishes.
    oidc.provider.publish = (metadata) => {
      metadata.token_endpoint = `${forger.issuer}/token`;
    };
    forger.claims = { iss: oidc.provider.issuer, groups: ['chat-admins'] };
    const browser = openBrowser();
    const way = new URL(await browser.begin());
    const forged = await forger.signIn(way.href.replace(oidc.provider.issuer, forger.issuer));
    await expectRefused(browser, await browser.send(forged), [502, /cannot be trusted/]);
    await forger.stop();
  });

  it('by the way back that another browser began (login CSRF)', async () => {
    const [attacker, victim, idle] = [openBrowser(), openBrowser(), openBrowser()];
    const back = await oidc.provider.signIn(await attacker.begin());
    await victim.begin();
    await expectRefused(victim, await victim.send(back), [400, /another browser/]);
    await expectRefused(idle, await idle.send(back), [400, /another browser/]);
    expect(oidc.provider.redeemed).toBe(0);
  });

  it('by a way back that was there before, whether the provider would take the code again or not', async () => {
    const browser = openBrowser();
    const back = await oidc.provider.signIn(await browser.begin());
    const before = new Map(browser.cookies);
    expect((await browser.send(back)).status).toBe(303);
    for (const [name, value] of before) browser.cookies.set(name, value);
    expect((await browser.send(back)).status).toBe(400);
    expect(oidc.provider.redeemed).toBe(1);
  });

  it('by a code that was given to another attempt', async () => {
    const browser = openBrowser();
    const stolen = new URL(await oidc.provider.signIn(await openBrowser().begin())).searchParams.get('code')!;
    const back = new URL(await oidc.provider.signIn(await browser.begin()));
    back.searchParams.set('code', stolen);
    await expectRefused(browser, await browser.send(back.href), [502, /cannot be trusted/]);
  });

  it('too late', async () => {
    const browser = openBrowser();
    const back = await oidc.provider.signIn(await browser.begin());
    oidc.console.clock.advance(ATTEMPT_MS);
    await expectRefused(browser, await browser.send(back), [400, /expired/]);
  });

  it('by the answer of another provider that was mixed up with ours', async () => {
    const browser = openBrowser();
    const back = new URL(await oidc.provider.signIn(await browser.begin()));
    back.searchParams.set('iss', 'https://attacker.example');
    await expectRefused(browser, await browser.send(back.href), [502, /cannot be trusted/]);
    expect(oidc.provider.redeemed).toBe(0);
  });

  it('who cancels, and what the provider writes about it is not repeated', async () => {
    const browser = openBrowser();
    const state = new URL(await browser.begin()).searchParams.get('state')!;
    const query = `error=access_denied&error_description=${encodeURIComponent('<b>gone</b>')}&state=${state}`;
    const response = await browser.send(`/admin/oidc/callback?${query}`);
    expect(await response.clone().text()).not.toContain('gone');
    await expectRefused(browser, response, [403, /did not sign you in/]);
  });

  it('by parameters that are given twice', async () => {
    const browser = openBrowser();
    const back = await oidc.provider.signIn(await browser.begin());
    await expectRefused(browser, await browser.send(`${back}&state=x`), [400, /another browser/]);
  });
});

describe('the way back', () => {
  it.each([
    ['/admin/conversations?site=shop&rating=down#top', '/admin/conversations?site=shop&rating=down#top'],
    ['https://evil.example/admin', '/admin'],
    ['//evil.example/admin', '/admin'],
    ['/admin@evil.example', '/admin'],
    ['/admin/\\evil.example', '/admin'],
    ['/admin/..//evil.example', '/admin'],
    ['/admin/%2e%2e/rivulet.js', '/admin'],
    ['/administrator', '/admin'],
    ['/admin/api/audit', '/admin'],
    ['/admin/oidc/start', '/admin'],
    ['javascript:alert(1)', '/admin'],
    [`/admin/${'x'.repeat(500)}`, '/admin'],
  ])('to %s leads to %s', async (to, path) => {
    const response = await openBrowser().signIn(`?to=${encodeURIComponent(to)}`);
    expect(response.headers.get('location')).toBe(CONSOLE_URL + path);
  });

  it('cannot be led elsewhere by a cookie that was changed', async () => {
    const browser = openBrowser();
    const back = await oidc.provider.signIn(await browser.begin('?to=/admin/a'));
    const [name, value] = [...browser.cookies][0]!;
    const to = Buffer.from('/admin/b').toString('base64url');
    browser.cookies.set(name, value.replace(/[^.]*$/, to));
    expect((await browser.send(back)).status).toBe(400);
  });

  it('does not depend on the Host or the forwarded host', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    const response = await openBrowser().send('/admin/oidc/start', { headers });
    const there = new URL(response.headers.get('location')!);
    expect(there.searchParams.get('redirect_uri')).toBe(`${CONSOLE_URL}/admin/oidc/callback`);
  });

  it('replaces a session that somebody has planted in the browser', async () => {
    const browser = openBrowser();
    browser.cookies.set('rivulet-console', 'a'.repeat(64));
    browser.cookies.set('__Host-rivulet-console', 'b'.repeat(64));
    await browser.signIn();
    expect(browser.cookies.get('__Host-rivulet-console')).not.toBe('b'.repeat(64));
    expect((await browser.me()).user).toMatchObject({ role: 'admin' });
  });

  it('is limited to ten a minute from one address, and the way there to thirty', async () => {
    const browser = openBrowser();
    const statuses: number[] = [];
    for (let time = 0; time < 11; time += 1)
      statuses.push((await browser.send('/admin/oidc/callback?state=x&code=y')).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
    for (let time = 0; time < 30; time += 1) await browser.begin();
    const last = await browser.send('/admin/oidc/start');
    expect([last.status, Number(last.headers.get('retry-after')) > 0]).toEqual([429, true]);
  });
});
