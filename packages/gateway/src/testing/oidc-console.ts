/** A console that people of an identity provider sign in to, and browsers that do. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { silentLogger } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { startIdentityProvider, type IdentityProvider } from './identity-provider.ts';
import { startGateway } from './start-gateway.ts';
import type { Store } from '../stores/store.ts';

/** Where a browser reaches the console; a proxy ends TLS there. */
export const CONSOLE_URL = 'https://console.example';

/** What `createGateway` is told of the provider. */
export const oidcSettingsOf = ({ issuer }: Pick<IdentityProvider, 'issuer'>) => ({
  issuer,
  clientId: 'console',
  clientSecret: 'SecretOfTheClient',
  access: [
    { claim: 'groups', value: 'chat-admins', role: 'admin' as const },
    { claim: 'realm_access.roles', value: 'support', role: 'agent' as const, sites: ['blog'] },
    { claim: 'email', value: 'Eve@Example.com', role: 'viewer' as const },
  ],
});

/** A browser with its cookies. Each has an address of its own. */
export interface TestBrowser {
  cookies: Map<string, string>;
  /** @param url of the console, or its path */
  send(
    url: string,
    init?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Response>;
  /** Begins to sign in. @returns the address at the provider */
  begin(query?: string): Promise<string>;
  /** Signs in, the whole way. @returns what the browser is answered when it comes back */
  signIn(query?: string): Promise<Response>;
  /** What the browser is told of its user. */
  me(): Promise<Record<string, unknown>>;
}

/** A started console. */
export interface OidcConsole {
  clock: FakeClock;
  store: Store;
  /** The lines of the log from `warn` on, as JSON. */
  lines: string[];
  openBrowser(): TestBrowser;
  /** The newest entries of the audit log. */
  audited(): Promise<{ userName: string; action: string; target: string }[]>;
  stop(): Promise<void>;
}

/** A provider for the tests of a file, and a console of it for each. */
export interface OidcSetting {
  readonly provider: IdentityProvider;
  readonly console: OidcConsole;
  readonly openBrowser: () => TestBrowser;
  /** Starts the console again, with other settings. */
  readonly restart: (changes: Partial<GatewayOptions>) => Promise<void>;
}

/** Starts them before the tests of a file, and stops them afterwards. */
export function useOidcConsole(): OidcSetting {
  let provider: IdentityProvider;
  let console: OidcConsole;
  beforeAll(async () => {
    provider = await startIdentityProvider();
  });
  beforeEach(async () => {
    provider.reset();
    console = await startOidcConsole(provider);
  });
  afterEach(() => console.stop());
  afterAll(() => provider.stop());
  return {
    get provider() {
      return provider;
    },
    get console() {
      return console;
    },
    openBrowser: () => console.openBrowser(),
    async restart(changes) {
      await console.stop();
      console = await startOidcConsole(provider, changes);
    },
  };
}

let browsers = 0;

/** Starts it. */
export async function startOidcConsole(
  provider: IdentityProvider,
  changes: Partial<GatewayOptions> = {},
): Promise<OidcConsole> {
  const lines: string[] = [];
  const log = (facts: object, sentence: string) => {
    lines.push(JSON.stringify({ ...facts, sentence }));
  };
  const [clock, store] = [createFakeClock(), createMemoryStore()];
  const started = await startGateway({
    sites: ['shop', 'blog'].map((id) => ({ id, origins: ['self'] })),
    ...{ adminUrl: CONSOLE_URL, adminOidc: oidcSettingsOf(provider), trustProxy: 1 },
    ...{ clock, store, logger: { ...silentLogger, warn: log, error: log } },
    ...changes,
  });
  return {
    ...{ clock, store, lines },
    openBrowser: () => openBrowser(started.url, provider),
    audited: async () =>
      (await store.console.listAudit({ atMs: Number.MAX_VALUE, id: '' }, 9)).map(
        ({ userName, action, target }) => ({ userName, action, target }),
      ),
    stop: () => started.stop(),
  };
}

function openBrowser(gatewayUrl: string, provider: IdentityProvider): TestBrowser {
  const cookies = new Map<string, string>();
  browsers += 1;
  const common = {
    'x-forwarded-for': `10.1.${browsers >> 8}.${browsers & 255}`,
    'sec-fetch-site': 'same-origin',
  };
  const send: TestBrowser['send'] = async (url, { method = 'GET', headers, body } = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const target = url.startsWith('/') ? gatewayUrl + url : url.replace(CONSOLE_URL, gatewayUrl);
    const init = {
      ...{ method, headers: { ...common, cookie, ...headers }, redirect: 'manual' as const },
      ...(body === undefined ? {} : { body }),
    };
    const response = await fetch(target, init);
    for (const each of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      if (each.includes('Max-Age=0')) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const begin = async (query = '') =>
    (await send(`/admin/oidc/start${query}`)).headers.get('location') ?? 'no location';
  return {
    ...{ cookies, send, begin },
    signIn: async (query) => send(await provider.signIn(await begin(query))),
    me: async () => (await (await send('/admin/api/me')).json()) as Record<string, unknown>, // JSON of an object
  };
}
