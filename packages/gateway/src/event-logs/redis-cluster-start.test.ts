/** What an operator reads when a Redis Cluster cannot be used, on one with a password and with TLS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationOf, systemClock, type Clock } from '../base/index.ts';
import { createCertificate } from '../testing/certificate.ts';
import { findFreePort } from '../testing/free-port.ts';
import { startRedisCluster, type RedisCluster } from '../testing/redis-cluster.ts';
import { startRedis, type RedisServer } from '../testing/redis-server.ts';
import { createRedisEventLog } from './redis.ts';
import { readRedisLogin, readRedisTarget } from './redis-target.ts';

const TIMEOUT_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'rivulet-redis-cluster-'));
let cluster: RedisCluster;
let single: RedisServer;
let singlePort: number;
let caFile: string;
beforeAll(async () => {
  const { certificateFile, keyFile } = createCertificate(folder);
  caFile = certificateFile;
  const files = {
    'tls-cert-file': certificateFile,
    'tls-key-file': keyFile,
    'tls-ca-cert-file': certificateFile,
  };
  const tls = { ...files, 'tls-auth-clients': 'no', 'tls-cluster': 'yes' };
  singlePort = await findFreePort();
  single = await startRedis('volatile', { port: `${singlePort}` });
  cluster = await startRedisCluster('volatile', { requirepass: 'sesame', ...tls });
}, TIMEOUT_MS);
afterAll(async () => {
  await Promise.all([single.dispose(), cluster.dispose()]);
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
async function outcomeOf(url = ''): Promise<string | undefined> {
  const eventLog = createRedisEventLog({ url, clock: hurryingClock() });
  const started = (eventLog.start?.() ?? Promise.resolve()).then(() => 'ready', explanationOf);
  return started.finally(() => eventLog.close());
}
const firstPort = () => cluster.shards[0]?.port ?? 0;

describe('the start of a gateway on a Redis Cluster', { timeout: TIMEOUT_MS }, () => {
  it('succeeds with one of its nodes, also when others of the URL are down (G24)', async () => {
    expect(await outcomeOf(cluster.url)).toBe('ready');
    expect(await outcomeOf(`redis+cluster://:sesame@127.0.0.1:1,127.0.0.1:${firstPort()}/0`)).toBe('ready');
  });

  it('succeeds with TLS, when its certificate is trusted (G24)', async () => {
    expect(await outcomeOf(`${cluster.secureUrl}?sslrootcert=${caFile}`)).toBe('ready');
    expect(await outcomeOf(`${cluster.secureUrl}?sslmode=no-verify`)).toBe('ready');
    expect(await outcomeOf(cluster.secureUrl)).toMatch(/has a certificate .*sslrootcert=.*sslmode=no-verify/);
  });

  it.each([
    ['no password', () => `redis+cluster://127.0.0.1:${firstPort()}`, 'asks for a password'],
    [
      'a wrong password',
      () => cluster.url.replace('sesame', 'wrong'),
      'refuses the password or the user name',
    ],
    ['the URL of one node', () => `redis://:sesame@127.0.0.1:${firstPort()}`, 'is a node of a cluster; give'],
    ['a server that is none', () => `redis+cluster://127.0.0.1:${singlePort}`, 'is no cluster; use redis://'],
    [
      'no server',
      () => 'redis+cluster://127.0.0.1:1,127.0.0.1:2',
      'refuses connections; check that it is up',
    ],
  ])('with %s ends with one sentence (G24)', async (_what, url, expected) => {
    const sentence = await outcomeOf(url());
    expect(sentence).toMatch(/^Redis at 127\.0\.0\.1:\d+/);
    expect(sentence).toContain(expected);
    expect(sentence).not.toMatch(/sesame|wrong/);
  });

  it('names a node whose address cannot be reached (G24)', async () => {
    const [shard] = cluster.shards;
    const announce = (port: string) =>
      shard?.run('CONFIG', 'SET', 'cluster-announce-port', port, 'cluster-announce-tls-port', port);
    await announce('1');
    await cluster.announces(':1@');
    const sentence = await outcomeOf(`redis+cluster://:sesame@127.0.0.1:${cluster.shards[1]?.port}`);
    expect(sentence).toContain('announces the node 127.0.0.1:1, which does not answer here');
    expect(sentence).toContain('set cluster-announce-ip');
    await announce('0');
  });
});

describe('the URL of a Redis Cluster', () => {
  it('names its nodes, the login of all of them, and whether TLS is used', () => {
    const target = readRedisTarget('rediss+cluster://ann:p%40ss@one.example,two.example:7000,[::1]:7001');
    expect(target.cluster).toEqual({
      nodes: [
        { host: 'one.example', port: 6379 },
        { host: 'two.example', port: 7000 },
        { host: '::1', port: 7001 },
      ],
      username: 'ann',
      password: 'p@ss',
    });
    expect(target.server).toBe('one.example:6379,two.example:7000,[::1]:7001');
    expect(target.tls).toEqual({ rejectUnauthorized: true });
    expect(readRedisTarget('redis+cluster://one.example').tls).toBeUndefined();
    expect(readRedisLogin('redis+cluster://:p%40ss@one.example,two.example')?.password).toBe('p%40ss');
  });

  it.each([
    ['redis+cluster://', 'names no node'],
    ['redis+cluster://:secret@one,,two', 'names no node of the cluster, or an empty one'],
    ['redis+cluster://:secret@one:7000:7001', 'is not a URL'],
    ['redis+cluster://:secret@one,two/3', 'has only the database 0'],
    ['redis+cluster://:secret@one?sslmode=on', 'sslmode is none of'],
  ])('%s is refused, without the password (G24)', (url, expected) => {
    expect(() => readRedisTarget(url)).toThrow(expected);
    expect(() => readRedisTarget(url)).not.toThrow('secret');
  });
});
