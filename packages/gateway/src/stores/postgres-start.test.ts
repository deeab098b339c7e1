/** What an operator reads when Postgres cannot be used, on a real Postgres with TLS and passwords, as hosting providers run it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationOf } from '../base/index.ts';
import { findFreePort } from '../testing/free-port.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { explainPostgres } from './postgres-explain.ts';
import { createPostgresStore } from './postgres.ts';
import { readTarget } from './postgres-target.ts';

const TIMEOUT_MS = 60_000;
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres('tls');
  await server.run("CREATE ROLE shop LOGIN PASSWORD 'right'");
  await server.run('CREATE DATABASE owned OWNER shop');
  await server.run('CREATE DATABASE full_up OWNER shop CONNECTION LIMIT 0');
  await server.run('CREATE DATABASE replica OWNER shop');
  await server.run('ALTER DATABASE replica SET default_transaction_read_only = on');
  await server.run('CREATE DATABASE foreign_one');
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);

const NO_VERIFY = 'sslmode=no-verify';
const urlOf = (database: string, settings = NO_VERIFY, login = 'shop:right') =>
  `postgres://${login}@127.0.0.1:${server.network.port}/${database}?${settings}`;

/** The sentence with which the store refuses; `ready` when it can be used. */
async function outcomeOf(connectionString: string): Promise<string | undefined> {
  const store = createPostgresStore({ connectionString });
  return store
    .check()
    .then(() => 'ready', explanationOf)
    .finally(() => store.close());
}

describe('a Postgres with a self-signed certificate', { timeout: TIMEOUT_MS }, () => {
  it.each(['require', 'prefer', 'verify-full'])(
    'is refused with sslmode=%s: the sentence has host, cause and both remedies (G23)',
    async (mode) => {
      const sentence = await outcomeOf(urlOf('owned', `sslmode=${mode}`));
      expect(sentence).toContain(`Postgres at 127.0.0.1:${server.network.port} has a certificate`);
      expect(sentence).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
      expect(sentence).toMatch(/sslrootcert=.* or .*sslmode=no-verify/);
      expect(sentence).not.toContain('right');
    },
  );

  it('can be used with sslmode=no-verify, and with its CA file (G23)', async () => {
    expect(await outcomeOf(urlOf('owned', NO_VERIFY))).toBe('ready');
    const { caFile } = server.network;
    for (const mode of ['require', 'verify-full'])
      expect(await outcomeOf(urlOf('owned', `sslmode=${mode}&sslrootcert=${caFile}`))).toBe('ready');
  });

  it('that is reached without TLS names the setting that turns TLS on (G23)', async () => {
    expect(await outcomeOf(urlOf('owned', ''))).toContain('requires TLS; add sslmode=require');
  });
});

describe('a Postgres that refuses the gateway says so in one sentence', { timeout: TIMEOUT_MS }, () => {
  it.each([
    [
      'a wrong password',
      () => urlOf('owned', NO_VERIFY, 'shop:wrong'),
      'refuses the password of the user "shop"',
    ],
    ['no password', () => urlOf('owned', NO_VERIFY, 'shop'), 'asks for a password'],
    ['a missing database', () => urlOf('missing'), 'has no database "missing"; create it'],
    ['no connection left', () => urlOf('full_up'), 'has no connection left'],
    ['a read-only database', () => urlOf('replica'), 'is read-only; use the URL of the primary'],
    ['missing rights', () => urlOf('foreign_one'), 'does not let the user "shop" use or create the tables'],
  ])('for %s (G23)', async (_what, url, expected) => {
    const sentence = await outcomeOf(url());
    expect(sentence).toContain(`Postgres at 127.0.0.1:${server.network.port} ${expected}`);
    expect(sentence).not.toMatch(/right|wrong/);
  });

  it('when nothing listens there, or the host does not exist (G23)', async () => {
    const port = await findFreePort();
    expect(await outcomeOf(`postgres://shop@127.0.0.1:${port}/a`)).toBe(
      `Postgres at 127.0.0.1:${port} refuses connections; check that it is up and that the port is right (ECONNREFUSED).`,
    );
    expect(await outcomeOf('postgres://shop@no-such-host.invalid/a')).toMatch(
      /^Postgres at no-such-host\.invalid:5432 has a host name that cannot be found/,
    );
    expect(await outcomeOf('postgres://shop@/a?host=/no/such/folder')).toContain('has no such socket');
  });
});

describe('the sentence about a failure of Postgres', () => {
  const target = { connectionString: '', server: 'db.example:5432', database: 'rivulet', user: 'app' };
  const serverError = (code: string, message = '') =>
    Object.assign(new Error(message), { severity: 'FATAL', code });
  it.each([
    [new Error('timeout expired'), 'does not answer in time'],
    [new Error('The server does not support SSL connections'), 'remove sslmode'],
    [new Error('x', { cause: new Error('Connection terminated unexpectedly') }), 'closed the connection'],
    [Object.assign(new Error(''), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'cannot agree on TLS'],
    [Object.assign(new Error(''), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), 'for another host name'],
    [Object.assign(new Error(''), { code: 'CERT_HAS_EXPIRED' }), 'has expired'],
    [Object.assign(new Error(''), { code: 'EAI_AGAIN' }), 'check the DNS'],
    [serverError('57P03'), 'is starting up or shutting down'],
    [serverError('53100'), 'has no disk space left'],
    [serverError('28000', 'no pg_hba.conf entry for host, no encryption'), 'requires TLS'],
  ])('for %s says: %s (G23)', (error, expected) => {
    const sentence = explanationOf(explainPostgres(error, target));
    expect(sentence).toMatch(/^Postgres at db\.example:5432 /);
    expect(sentence).toContain(expected);
  });

  it('is not invented for a fault of a statement', () => {
    const fault = serverError('42601');
    expect(explainPostgres(fault, target)).toBe(fault);
  });
});

it.each([
  ['postgres://app:pa#ss@db.example/rivulet', 'percent-encode'],
  ['mysql://app@db.example/rivulet', 'does not begin with postgres://'],
  ['db.example/rivulet', 'is not a URL'],
  ['postgres://db.example/a?sslmode=REQUIRED', 'sslmode is none of'],
  [
    'postgres://db.example/a?sslmode=verify-full&sslrootcert=/no/ca.crt',
    '/no/ca.crt, which cannot be read (ENOENT)',
  ],
])('the Postgres URL %s is refused, without the password (G23)', (url, expected) => {
  expect(() => readTarget(url)).toThrow(expected);
  expect(() => readTarget(url)).not.toThrow('pa#ss');
});
