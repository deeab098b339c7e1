/** What an operator reads when Redis cannot be used, on a real Redis with a password, with TLS, or without what is needed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationOf, systemClock, type Clock } from '../base/index.ts';
import { createCertificate } from '../testing/certificate.ts';
import { findFreePort } from '../testing/free-port.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { createRedisEventLog } from './redis.ts';
import { explainRedis } from './redis-explain.ts';
import { readRedisTarget } from './redis-target.ts';

const TIMEOUT_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'rivulet-redis-tls-'));
const servers: RedisServer[] = [];
let ports: { plain: number; tls: number };
let caFile: string;
beforeAll(async () => {
  const { certificateFile, keyFile } = createCertificate(folder);
  caFile = certificateFile;
  ports = { plain: await findFreePort(), tls: await findFreePort() };
  const tls = { 'tls-port': `${ports.tls}`, 'tls-cert-file': certificateFile, 'tls-key-file': keyFile };
  const settings = { port: `${ports.plain}`, requirepass: 'sesame', ...tls, 'tls-auth-clients': 'no' };
  const main = await startRedis('volatile', settings);
  await main.run('ACL', 'SETUSER', 'reader', 'on', '>sesame', '+@read', '+hello', '+info', '~*');
  servers.push(main, await startRedis('volatile', { 'rename-command': 'SPUBLISH NONE' }));
  servers.push(await startRedis('volatile', { replicaof: '127.0.0.1 1' }));
}, TIMEOUT_MS);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.dispose()));
  rmSync(folder, { recursive: true });
}, TIMEOUT_MS);

/** Ten seconds pass with two attempts, and the pause between them at once. */
function hurryingClock(): Clock {
  let nowMs = 0;
  return {
    ...systemClock,
    now: () => (nowMs += 6_000),
    after: (ms, call) => systemClock.after(ms < 1_000 ? 1 : ms, call),
  };
}

/** The sentence with which the start refuses; `ready` when the log can be used. */
async function outcomeOf(url: string): Promise<string | undefined> {
  const eventLog = createRedisEventLog({ url, clock: hurryingClock() });
  const started = (eventLog.start?.() ?? Promise.resolve()).then(() => 'ready', explanationOf);
  return started.finally(() => eventLog.close());
}
const plain = (login: string, rest = '') => `redis://${login}127.0.0.1:${ports.plain}${rest}`;
const secure = (rest: string) => `rediss://:sesame@127.0.0.1:${ports.tls}${rest}`;

describe('a Redis that refuses the gateway ends its start with one sentence', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['no password', () => plain(''), 'asks for a password; give it in the URL'],
    ['a wrong password', () => plain(':wrong@'), 'refuses the password or the user name'],
    ['a user without rights', () => plain('reader:sesame@'), 'does not permit the user'],
    ['a missing database', () => plain(':sesame@', '/99'), 'has no database of this number'],
  ])('for %s (G24)', async (_what, url, expected) => {
    const sentence = await outcomeOf(url());
    expect(sentence).toContain(`Redis at 127.0.0.1:${ports.plain} ${expected}`);
    expect(sentence).not.toMatch(/sesame|wrong/);
  });

  it('when it needs TLS, or does not speak it (G24)', async () => {
    const needed = await outcomeOf(`redis://:sesame@127.0.0.1:${ports.tls}`);
    expect(needed).toMatch(/^Redis at .*rediss:\/\//);
    const unknown = await outcomeOf(`rediss://:sesame@127.0.0.1:${ports.plain}`);
    expect(unknown).toContain('whether its port speaks TLS');
  });

  it('when it lacks a command, or is a read-only replica (G24)', async () => {
    expect(await outcomeOf(servers[1]?.url ?? '')).toContain('needs Redis 7 or newer, or Valkey');
    expect(await outcomeOf(servers[2]?.url ?? '')).toMatch(/is a read-only replica|has lost its primary/);
  });

  it('when the port is that of another protocol (G24)', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
    expect(await outcomeOf(`redis://127.0.0.1:${port}`)).toContain('or is no Redis');
    server.close();
  });

  it('when it is still down after ten seconds, or its host does not exist (G24)', async () => {
    const port = await findFreePort();
    const down = `Redis at 127.0.0.1:${port} refuses connections; check that it is up`;
    expect(await outcomeOf(`redis://127.0.0.1:${port}`)).toContain(down);
    expect(await outcomeOf('redis://no-such-host.invalid')).toContain('has a host name that cannot be found');
  });
});

describe('a Redis with TLS and a self-signed certificate', { timeout: TIMEOUT_MS }, () => {
  it('is refused with both remedies, and can be used with either (G24)', async () => {
    expect(await outcomeOf(secure(''))).toMatch(/has a certificate .*sslrootcert=.*sslmode=no-verify/);
    expect(await outcomeOf(secure('?sslmode=no-verify'))).toBe('ready');
    expect(await outcomeOf(secure(`?sslrootcert=${caFile}`))).toBe('ready');
  });
});

it(
  'a Redis that comes up while the gateway starts is waited for (G24)',
  { timeout: TIMEOUT_MS },
  async () => {
    const server = await startRedis('volatile');
    await server.kill();
    const eventLog = createRedisEventLog({ url: server.url });
    const started = eventLog.start?.();
    await server.start();
    await started;
    await eventLog.check();
    await eventLog.close();
    await server.dispose();
  },
);

it.each([
  ['MOVED 3999 127.0.0.1:6381', 'redis-refused', 'give the cluster in the URL: redis\\+cluster://'],
  ['ERR This instance has cluster support disabled', 'redis-refused', 'use redis:// instead of'],
  ['CLUSTERDOWN Hash slot not served', 'redis-unavailable', 'has a shard without a primary'],
  ['Too many Cluster redirections. Last error: MOVED 1 a:1', 'redis-unavailable', 'has a shard without'],
  ['DENIED Redis is running in protected mode', 'redis-refused', 'is in protected mode'],
  ['OOM command not allowed', 'redis-unavailable', 'its memory is used up'],
  ['MISCONF Redis is configured to save', 'redis-unavailable', 'cannot save to its disk'],
  ['LOADING Redis is loading the dataset', 'redis-unavailable', 'is still loading its data'],
  ['ERR max number of clients reached', 'redis-unavailable', 'raise its maxclients'],
  ['connect ETIMEDOUT', 'redis-unavailable', 'does not answer in time'],
  ['Connection is closed.', 'redis-unavailable', 'closed the connection at once'],
])('"%s" is %s and explained (G24)', (text, code, expected) => {
  const error = explainRedis(new Error(text), 'cache:6379');
  expect(error).toMatchObject({ code });
  expect(error.message).toMatch(new RegExp(`^Redis at cache:6379 .*${expected}`));
});

it.each([
  ['http://cache.example', 'does not begin with redis://'],
  ['cache.example', 'is not a URL'],
  ['redis://:pa#ss@cache.example', 'percent-encode'],
  ['rediss://cache.example?sslmode=on', 'sslmode is none of'],
  ['rediss://cache.example?sslrootcert=/no/ca.crt', '/no/ca.crt, which cannot be read (ENOENT)'],
])('the Redis URL %s is refused, without the password (G24)', (url, expected) => {
  expect(() => readRedisTarget(url)).toThrow(expected);
  expect(() => readRedisTarget(url)).not.toThrow('pa#ss');
});
