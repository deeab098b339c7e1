/** The identity provider is asked through the proxy of the process when Node was told to use it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startForwardProxy, type ForwardProxy } from '../testing/forward-proxy.ts';
import { startIdentityProvider, type IdentityProvider } from '../testing/identity-provider.ts';

let provider: IdentityProvider;
let proxy: ForwardProxy;
beforeEach(async () => {
  provider = await startIdentityProvider();
  proxy = await startForwardProxy({ target: Number(new URL(provider.issuer).port) });
});
afterEach(async () => {
  await Promise.all([proxy.stop(), provider.stop()]);
});

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Asks for the discovery document in a process with these variables. @returns the issuer that it names */
async function discover(environment: Record<string, string>): Promise<string> {
  const source = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier === '@rivulet/protocol' ? ${at('../../../protocol/src/index.ts')} : specifier, context),
    });
    const { discoverIssuer } = await import(${at('./oidc-client.ts')});
    const found = await discoverIssuer({ issuer: ${JSON.stringify(provider.issuer)}, clientId: 'console', clientSecret: undefined });
    console.log(found.serverMetadata().issuer);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    env: { PATH: process.env.PATH, HTTP_PROXY: proxy.url, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [answer] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return answer.trim();
}

it.each([
  ['by NODE_USE_ENV_PROXY', { NODE_USE_ENV_PROXY: '1' }, true],
  ['by the option of Node', { NODE_OPTIONS: '--use-env-proxy' }, true],
  ['not without it', {}, false],
  ['not for hosts of NO_PROXY', { NODE_USE_ENV_PROXY: '1', NO_PROXY: 'localhost' }, false],
])(
  'the identity provider is asked through the proxy %s',
  { timeout: 30_000 },
  async (_, environment, isAsked) => {
    expect(await discover(environment)).toBe(provider.issuer);
    expect(proxy.asked.length > 0).toBe(isAsked);
  },
);
