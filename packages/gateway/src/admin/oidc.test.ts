/** Signing in to the console by OIDC, against a provider on loopback: who gets in, with which rights, and for how long. */
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { randomBytes } from '../base/index.ts';
import { findFreePort } from '../testing/free-port.ts';
import { CONSOLE_URL, oidcSettingsOf, useOidcConsole } from '../testing/oidc-console.ts';
import { createConsoleSessions } from './console-sessions.ts';
import { ConsoleOidcSchema, type ConsoleOidcSettings } from './oidc-settings.ts';

const HEADER = { 'x-rivulet-console': '1', origin: CONSOLE_URL };

const oidc = useOidcConsole();
const { openBrowser, restart } = oidc;

describe('signing in by OIDC', () => {
  it('is one of the ways that the page can offer', async () => {
    const response = await openBrowser().send('/admin/api/sign-in');
    const { host } = new URL(oidc.provider.issuer);
    expect(await response.json()).toEqual({
      ways: [{ kind: 'oidc', name: host, url: `${CONSOLE_URL}/admin/oidc/start` }],
    });
  });

  it('sends the browser there with PKCE, state and nonce, and keeps a cookie for this host only', async () => {
    const browser = openBrowser();
    const response = await browser.send('/admin/oidc/start');
    const query = new URL(response.headers.get('location')!).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      client_id: 'console',
      response_type: 'code',
      redirect_uri: `${CONSOLE_URL}/admin/oidc/callback`,
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    });
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-rivulet-sign-in=[\w.-]+; Secure; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
      ),
    ]);
  });

  it('lets in whom the first rule that applies lets in, with its role and sites', async () => {
    const admin = openBrowser();
    expect((await admin.signIn()).headers.get('location')).toBe(`${CONSOLE_URL}/admin`);
    expect((await admin.me()).user).toEqual({ name: 'oidc:johndoe', role: 'admin', sites: null });
    oidc.provider.claims = { realm_access: { roles: ['other', 'support'] }, groups: 'none' };
    const agent = openBrowser();
    await agent.signIn();
    expect((await agent.me()).user).toEqual({ name: 'oidc:johndoe', role: 'agent', sites: ['blog'] });
    expect((await agent.send('/admin/api/conversations?site=shop')).status).toBe(404);
    expect((await agent.send('/admin/api/audit')).status).toBe(403);
  });

  it('takes an address that is verified, from the userinfo endpoint when the token has none', async () => {
    oidc.provider.claims = {};
    oidc.provider.userInfo = { email: 'eve@example.com', email_verified: true };
    const browser = openBrowser();
    await browser.signIn();
    expect((await browser.me()).user).toMatchObject({ name: 'oidc:eve@example.com', role: 'viewer' });
    expect(await oidc.console.audited()).toEqual([
      { userName: 'oidc:eve@example.com', action: 'console-login', target: 'johndoe' },
    ]);
  });

  it('has a session of its own cookie and a bounded life, which ends with the rules that let it in', async () => {
    const browser = openBrowser();
    const back = await browser.signIn();
    expect(back.headers.getSetCookie()[1]).toMatch(
      /^__Host-rivulet-console=[0-9a-f]{64}; Secure; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    );
    oidc.console.clock.advance(8 * 3_600_000 - 1);
    expect((await browser.send('/admin/api/me')).status).toBe(200);
    oidc.console.clock.advance(1);
    expect((await browser.send('/admin/api/me')).status).toBe(401);
    await browser.signIn();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const roleBy = async (changes: Partial<ConsoleOidcSettings>) => {
      const rules = v.parse(ConsoleOidcSchema, { ...oidcSettingsOf(oidc.provider), ...changes });
      const shared = { users: [], random: randomBytes, addressOf: () => '203.0.113.7' };
      const sessions = createConsoleSessions({
        ...shared,
        oidc: rules,
        ...oidc.console,
        adminUrl: CONSOLE_URL,
      });
      return (await sessions.find({ headers: { cookie } }))?.user.role;
    };
    expect(await roleBy({ clientSecret: 'another', sessionMs: 60_000 })).toBe('admin');
    expect(await roleBy({ access: oidcSettingsOf(oidc.provider).access.slice(1) })).toBeUndefined();
    expect(await roleBy({ emailDomains: ['example.com'] })).toBeUndefined();
  });

  it('ends here with the sign-out, which says where the session at the provider ends', async () => {
    const browser = openBrowser();
    await browser.signIn();
    const response = await browser.send('/admin/api/logout', { method: 'POST', headers: HEADER });
    expect(await response.json()).toEqual({
      endSessionUrl: `${oidc.provider.issuer}/endsession?client_id=console`,
    });
    expect((await browser.send('/admin/api/me')).status).toBe(401);
  });

  it('is not there without its settings', async () => {
    await restart({
      adminOidc: undefined as never,
      adminUsers: [{ name: 'ann', role: 'admin', tokenHash: 'f'.repeat(64) }],
    });
    const browser = openBrowser();
    expect(await (await browser.send('/admin/api/sign-in')).json()).toEqual({ ways: [{ kind: 'token' }] });
    expect((await browser.send('/admin/oidc/start')).status).toBe(404);
    expect((await browser.send('/admin/oidc/callback?code=x&state=y')).status).toBe(404);
  });
});

describe('a provider', () => {
  it('that cannot be reached is said in words and in the log, and is asked again', async () => {
    const issuer = `http://localhost:${await findFreePort()}`;
    await restart({ adminOidc: { ...oidcSettingsOf(oidc.provider), issuer } });
    const response = await openBrowser().send('/admin/oidc/start');
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringMatching(/cannot be reached/),
    ]);
    expect(oidc.console.lines.join()).toContain(`the issuer ${new URL(issuer).host} refuses connections`);
  });

  it('that names another issuer than the settings is none', async () => {
    oidc.provider.publish = (metadata) => {
      metadata.issuer = 'https://another.example';
    };
    expect((await openBrowser().send('/admin/oidc/start')).status).toBe(503);
    oidc.provider.publish = () => undefined;
    expect((await openBrowser().send('/admin/oidc/start')).status).toBe(303);
  });

  it('that fails after its first answers is used on, and nothing of its errors is shown', async () => {
    expect((await openBrowser().signIn()).status).toBe(303);
    oidc.console.clock.advance(3_600_000);
    oidc.provider.publish = (metadata) => {
      metadata.issuer = 'https://another.example';
    };
    expect((await openBrowser().signIn()).status).toBe(303);
  });

  it('gets the secret of the client, which is in no answer and in no line of the log', async () => {
    oidc.provider.tamper = (payload) => (payload.nonce = 'SecretOfTheClient');
    const text = await (await openBrowser().signIn()).text();
    expect(text + oidc.console.lines.join()).not.toContain('SecretOfTheClient');
    oidc.provider.publish = (metadata) => {
      metadata.token_endpoint_auth_methods_supported = ['client_secret_basic'];
    };
    oidc.console.clock.advance(3_600_000);
    await openBrowser().signIn();
    expect(oidc.provider.clients).toEqual([
      'client_secret_post SecretOfTheClient',
      'client_secret_basic SecretOfTheClient',
    ]);
  });
});
