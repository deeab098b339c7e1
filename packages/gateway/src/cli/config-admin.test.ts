/** The settings of the console: one variable that is enough, OIDC, and what is refused at the start. */
import { describe, expect, it } from 'vitest';
import { userOfToken } from '../admin/console-users.ts';
import { describeConfig } from './check.ts';
import { ConfigError } from './config-error.ts';
import { adminOptionsOf } from './config-admin.ts';
import { secretsOf } from './config-secrets.ts';
import { readConfig } from './read-config.ts';

const TOKEN = 'a-token-of-thirty-two-characters';
const OIDC = {
  issuer: 'https://id.example',
  clientId: 'console',
  access: [{ claim: 'groups', value: 'chat', role: 'viewer', sites: ['shop'] }],
};
const read = (environment: Record<string, string>) => readConfig({ environment, flags: {} });
const problemsOf = (environment: Record<string, string>): Record<string, string> => {
  try {
    read(environment);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.invalidValues.map(({ place, problem }) => [place, problem]));
  }
};
const oidc = (changes: object, more: Record<string, string> = {}) => ({
  RIVULET_ADMIN_OIDC: JSON.stringify({ ...OIDC, ...changes }),
  RIVULET_ADMIN_URL: 'https://chat.example',
  ...more,
});

describe('consoleToken', () => {
  it('alone opens the console to one owner, who may do everything', () => {
    const { adminUsers } = adminOptionsOf(read({ RIVULET_CONSOLE_TOKEN: TOKEN }));
    expect(userOfToken(adminUsers, TOKEN)).toMatchObject({ name: 'owner', role: 'admin' });
    expect(adminOptionsOf(read({})).adminUsers).toEqual([]);
  });

  it('is refused when it is short, is the token of metrics, or is that of another user', () => {
    expect(problemsOf({ RIVULET_CONSOLE_TOKEN: TOKEN.slice(1) })).toEqual({
      RIVULET_CONSOLE_TOKEN: 'expected at least 32 characters without spaces',
    });
    expect(problemsOf({ RIVULET_CONSOLE_TOKEN: TOKEN, RIVULET_ADMIN_TOKEN: TOKEN })).toEqual({
      RIVULET_CONSOLE_TOKEN: expect.stringContaining('another one than adminToken') as string,
    });
    const users = JSON.stringify([{ name: 'owner', role: 'viewer', tokenHash: 'f'.repeat(64) }]);
    expect(problemsOf({ RIVULET_CONSOLE_TOKEN: TOKEN, RIVULET_ADMIN_USERS: users })).toEqual({
      RIVULET_ADMIN_USERS: expect.stringContaining('no user with the name owner') as string,
    });
  });
});

describe('adminPort', () => {
  it('with a public adminUrl needs the adminToken: without it the port serves everything to everybody', () => {
    const environment = { RIVULET_ADMIN_PORT: '8788', RIVULET_ADMIN_URL: 'https://admin.example' };
    expect(Object.values(problemsOf(environment))).toEqual([expect.stringContaining('expected a token')]);
    expect(problemsOf({ ...environment, RIVULET_ADMIN_TOKEN: TOKEN })).toEqual({});
    expect(problemsOf({ ...environment, RIVULET_ADMIN_URL: 'http://localhost:8788' })).toEqual({});
  });
});

describe('adminOidc', () => {
  it('has defaults, and takes its secret from a variable of its own', () => {
    const config = read(oidc({}, { RIVULET_ADMIN_OIDC_SECRET: 'secret-of-the-client' }));
    expect(config.adminOidc).toEqual({
      ...OIDC,
      clientSecret: 'secret-of-the-client',
      scopes: ['openid', 'email'],
      sessionMs: 28_800_000,
    });
    expect(secretsOf(config)).toContain('secret-of-the-client');
  });

  it.each<[string, object, string, RegExp]>([
    ['an issuer over http', { issuer: 'http://id.example' }, 'issuer', /https/],
    ['an issuer with a query', { issuer: 'https://id.example?a=b' }, 'issuer', /without/],
    ['an issuer with a password', { issuer: 'https://a:b@id.example' }, 'issuer', /without/],
    ['no rule', { access: [] }, 'access', /nobody gets in/],
    [
      'a role that does not exist',
      { access: [{ ...OIDC.access[0], role: 'root' }] },
      'access.0.role',
      /viewer/,
    ],
    ['scopes without openid', { scopes: ['email'] }, 'scopes', /openid/],
    [
      'everybody of an issuer',
      { access: [{ claim: 'sub', value: '*', role: 'viewer' }] },
      'emailDomains',
      /\*/,
    ],
    ['a session of a week', { sessionMs: 604_800_000 }, 'sessionMs', /a day/],
    ['an unknown setting', { clientID: 'x' }, 'clientID', /did you mean clientId/],
  ])('is refused with %s', (_, changes, place, problem) => {
    expect(problemsOf(oidc(changes))).toEqual({
      [`RIVULET_ADMIN_OIDC: ${place}`]: expect.stringMatching(problem) as string,
    });
  });

  it('needs the URL of the console, over https', () => {
    const { RIVULET_ADMIN_OIDC } = oidc({});
    expect(Object.values(problemsOf({ RIVULET_ADMIN_OIDC }))).toEqual([
      expect.stringContaining('expected the URL of the console'),
    ]);
    expect(problemsOf(oidc({}, { RIVULET_ADMIN_URL: 'http://chat.example' }))).toHaveProperty([
      'RIVULET_ADMIN_URL',
    ]);
    expect(problemsOf(oidc({}, { RIVULET_ADMIN_URL: 'http://localhost:8787/' }))).toEqual({});
  });

  it('is described without its secret, and the console is off without any way in', async () => {
    const config = read({
      ...oidc({ emailDomains: ['example.com'] }, { RIVULET_ADMIN_OIDC_SECRET: 'secret-of-the-client' }),
      RIVULET_CONSOLE_TOKEN: TOKEN,
    });
    const rows = JSON.stringify((await describeConfig(config))[0]);
    expect(rows).toContain('groups chat as viewer of shop');
    expect(rows).toContain('https://chat.example/admin/oidc/callback');
    expect(rows).not.toMatch(new RegExp(`secret-of-the-client|${TOKEN}`));
    expect(JSON.stringify((await describeConfig(read({})))[0])).toContain('off: there is no consoleToken');
  });
});
