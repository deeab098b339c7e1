/** A complete service without faults, for tests of what finds faults: upstream, Redis, Postgres, gateway, and a proxy with TLS. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate.ts';
import { startMailServer, type MailServer, type MailServerOptions } from './mail-server.ts';
import { startFakeProxy, type FakeProxy, type FakeProxyOptions } from './fake-proxy.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { startRedis, type RedisServer } from './redis-server.ts';
import { startGateway, type StartedGateway } from './start-gateway.ts';
import { startUpstream, type Upstream } from './upstream/upstream.ts';

/** A running service. */
export interface SoundService {
  upstream: Upstream;
  redis: RedisServer;
  postgres: PostgresServer;
  gateway: StartedGateway;
  /** The certificate of the proxy, in PEM, which is its own authority, with its key. */
  tls: { cert: string; key: string };
  /** The authority of the proxy's certificate, in PEM. */
  ca: string;
  /** The proxy in front of the gateway. */
  publicUrl: string;
  /** Its configuration, as the file has it. Each call gives a new object, with a data folder and a file of its own. */
  configure: () => SoundConfiguration;
  /** Starts another mail server, which is closed with the service. */
  mailServer(options: MailServerOptions): Promise<MailServer>;
  /** Starts another proxy in front of the gateway, which is closed with the service. */
  proxy(options: Partial<FakeProxyOptions>): Promise<FakeProxy>;
  stop(): Promise<void>;
}

/** What a test may spoil. */
export interface SoundConfiguration {
  value: Record<string, unknown> & {
    provider: Record<string, unknown>;
    sites: Record<string, unknown>[];
    dataFolder: string;
    webhooks: Record<string, unknown>[];
    mail: Record<string, unknown>;
  };
  /** The path of a file with the same content, once `write` was called. */
  file: string;
  write: (mode: number) => void;
}

const CERTIFICATE_DAYS = 90;
const ORIGINS = ['https://shop.example', 'self'];

/** Starts everything. @throws {Error} when a server is not installed */
export async function startSoundService(): Promise<SoundService> {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-sound-'));
  const { certificateFile, keyFile } = createCertificate(folder, { days: CERTIFICATE_DAYS });
  const tls = { cert: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  const [upstream, redis, postgres, gateway] = await Promise.all([
    startUpstream(),
    startRedis('durable'),
    startPostgres('socket', { fsync: 'on' }),
    startGateway({ sites: [{ id: 'shop', origins: ORIGINS }] }),
  ]);
  const proxies: FakeProxy[] = [];
  const proxy = async (options: Partial<FakeProxyOptions>) => {
    const started = await startFakeProxy({ target: gateway.url, tls, headers: withHsts, ...options });
    proxies.push(started);
    return started;
  };
  const { url: publicUrl } = await proxy({});
  const mailServers: MailServer[] = [];
  const mailServer = async (options: MailServerOptions) => {
    const started = await startMailServer(options);
    mailServers.push(started);
    return started;
  };
  const { host, port } = await mailServer({});
  return {
    ...{ upstream, redis, postgres, gateway, publicUrl, proxy, mailServer, tls },
    ca: tls.cert,
    configure() {
      const dataFolder = mkdtempSync(join(folder, 'data-'));
      const file = `${dataFolder}.json`;
      const value = {
        provider: { apiKey: KEY, baseUrl: upstream.url, model: 'm [[numbers:1]]' },
        ...{ redisUrl: redis.url, postgresUrl: postgres.connectionString, secret: SECRET, dataFolder },
        sites: [{ id: 'shop', origins: [...ORIGINS] }],
        webhooks: [{ url: `${publicUrl}/hooks`, secret: WEBHOOK_SECRET, allowPrivate: true }],
        mail: { host, port, from: 'chat@shop.example', to: ['team@shop.example'] },
      };
      const write = (mode: number) => {
        writeFileSync(file, JSON.stringify(value));
        chmodSync(file, mode);
      };
      return { value, file, write };
    },
    async stop() {
      await Promise.all([...proxies.map((one) => one.close()), ...mailServers.map((one) => one.stop())]);
      await Promise.all([upstream.close(), redis.dispose(), postgres.dispose(), gateway.stop()]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** The key of the upstream and the secret of the service: no finding may show them. */
export const KEY = 'sk-0123456789abcdef0123456789';
/** See `KEY`. */
export const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;
/** See `KEY`. */
export const SECRET = 'a-secret-of-forty-characters-0123456789-';

/** Adds what a proxy with TLS adds. */
export const withHsts = (headers: Record<string, string | string[] | undefined>) => ({
  ...headers,
  'strict-transport-security': 'max-age=31536000',
});
