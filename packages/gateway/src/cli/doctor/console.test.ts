/** The check of the console: its identity provider, and where that sends people back to. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { ConsoleOidcSchema } from '../../admin/oidc-settings.ts';
import { findFreePort } from '../../testing/free-port.ts';
import { startIdentityProvider, type IdentityProvider } from '../../testing/identity-provider.ts';
import { oidcSettingsOf } from '../../testing/oidc-console.ts';
import { checkConsole } from './console.ts';

let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startIdentityProvider();
});
beforeEach(() => {
  provider.reset();
});
afterAll(() => provider.stop());

const check = async (issuer: string, adminUrl = 'https://chat.example') => {
  const adminOidc = v.parse(ConsoleOidcSchema, oidcSettingsOf({ issuer }));
  return (await checkConsole({ adminOidc, adminUrl })).map(({ status, found }) => `${status}: ${found}`);
};

describe('the console', () => {
  it('that nobody signs in to by OIDC has nothing to find', async () => {
    expect(await checkConsole({ adminOidc: undefined, adminUrl: undefined })).toEqual([]);
  });

  it('is sound with a provider that answers and a redirect URI over https', async () => {
    expect(await check(provider.issuer)).toEqual([
      'ok: The identity provider must allow the redirect URI https://chat.example/admin/oidc/callback.',
      `ok: The identity provider ${new URL(provider.issuer).host} answers.`,
    ]);
  });

  it('is not when people are sent back without TLS, or the provider is away or another one', async () => {
    const [redirect] = await check(provider.issuer, 'http://localhost:8787');
    expect(redirect).toMatch(/^warning: .*without TLS/);
    const [, away] = await check(`http://localhost:${await findFreePort()}`);
    expect(away).toMatch(/^fault: .*refuses connections/);
    provider.publish = (metadata) => (metadata.issuer = 'https://another.example');
    expect((await check(provider.issuer))[1]).toMatch(/^fault: .*is no provider/);
    provider.publish = (metadata) => delete metadata.token_endpoint;
    expect((await check(provider.issuer))[1]).toMatch(/^fault: .*token_endpoint/);
  });
});
