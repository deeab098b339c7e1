/** From a configuration to a gateway: the one place of the executable that names concrete adapters. */
import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import type { Auth } from '../auth/auth.ts';
import { createJwtAuth } from '../auth/jwt.ts';
import { createSiteAuth } from '../auth/site-auth.ts';
import { systemClock } from '../base/clock.ts';
import type { Config } from './config.ts';
import { identityKeyOf, type Identity } from './config-identity.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { createDiskFileStore } from '../files/disk.ts';
import type { FileStore } from '../files/file-store.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { describeCause } from '../base/log-error.ts';
import { createGateway, DEFAULT_SITES, type Gateway } from '../gateway.ts';
import type { Logger } from '../base/logger.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import type { Provider } from '../providers/provider.ts';
import { randomBytes } from '../base/random.ts';
import type { Site } from '../sites/sites.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createPostgresStore } from '../stores/postgres.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';
import type { Tool } from '../tools/tool.ts';

/** @throws {Error} when the data folder cannot be written, with its name and the reason */
export async function composeGateway(config: Config, logger: Logger): Promise<Gateway> {
  const clock = systemClock;
  const secret = readSecret(config);
  const { provider, tools } = await composeProvider(config, logger);
  return createGateway({
    provider,
    store: composeStore(config),
    eventLog: composeEventLog(config, logger),
    auth: composeAuth(config, secret),
    files: { store: composeFiles(config), secret },
    logger,
    clock,
    limits: config.limits,
    demoPage: config.demoPage,
    sites: (config.sites ?? DEFAULT_SITES).map((site: Site) => ({
      ...site,
      tools,
      whenUnwatched: site.whenUnwatched ?? config.whenUnwatched,
    })),
  });
}

/** Whom the site signs in beside anonymous visitors; a site's own identity goes before the one of all. */
function composeAuth(config: Config, secret: string): Auth {
  const { identity, sites = [] } = config;
  const clock = systemClock;
  const createUserAuth = (settings: Identity) =>
    createJwtAuth({ ...settings, key: identityKeyOf(settings), clock });
  const common = identity === undefined ? undefined : createUserAuth(identity);
  const own = new Map(
    sites.map(({ id, identity: of }) => [id, of === undefined ? common : createUserAuth(of)]),
  );
  return createSiteAuth({
    anonymous: createAnonymousAuth({ secret, clock, random: randomBytes }),
    usersOf: (siteId) => (own.has(siteId) ? own.get(siteId) : common),
  });
}

interface Answering {
  provider: Provider;
  /** What the model may call: the demo's own; a real model is given none by a configuration. */
  tools: Tool[];
}

async function composeProvider({ provider }: Config, logger: Logger): Promise<Answering> {
  const { apiKey, baseUrl, model, usage } = provider;
  const kind = provider.kind ?? (apiKey === undefined ? 'demo' : 'openai');
  if (kind === 'openai') {
    if (apiKey === undefined)
      throw new Error('provider.kind is openai: set OPENAI_API_KEY (any word, if the upstream needs none)');
    const options = { apiKey, model, usage, ...(baseUrl === undefined ? {} : { baseUrl }) };
    return { provider: createOpenAiProvider(options), tools: [] };
  }
  if (baseUrl !== undefined) {
    logger.warn(
      {},
      'OPENAI_BASE_URL is set but OPENAI_API_KEY is not: the demo answers; any word does as a key if the upstream needs none',
    );
  }
  // The demo is not part of the library: it is loaded only by a gateway that answers with it.
  const { createDemo } = await import('../../demo/index.ts');
  return createDemo({ clock: systemClock, random: randomBytes });
}

function composeStore({ store, dataFolder, postgresUrl }: Config): Store {
  if (postgresUrl !== undefined && (store ?? 'postgres') === 'postgres') {
    return createPostgresStore({ connectionString: postgresUrl });
  }
  if (store === 'memory') return createMemoryStore();
  return createSqliteStore({ file: join(dataFolder, 'rivulet.sqlite') });
}

/** Several gateways need one folder between them; the data folder may be on a shared disk. */
function composeFiles({ store, dataFolder }: Config): FileStore {
  if (store === 'memory') return createMemoryFileStore();
  return createDiskFileStore({ folder: join(dataFolder, 'files') });
}

function composeEventLog({ redisUrl }: Config, logger: Logger): EventLog {
  const shared = { clock: systemClock, random: randomBytes };
  if (redisUrl === undefined) return createMemoryEventLog(shared);
  const onError = (error: unknown) => {
    logger.warn(describeCause(error), 'Redis: mended by itself');
  };
  return createRedisEventLog({ ...shared, url: redisUrl, onError });
}

/** Signs visitors' tokens: made at the first start, kept beside the database, so that a token outlives a restart. */
function readSecret({ secret, store, dataFolder }: Config): string {
  if (secret !== undefined) return secret;
  if (store === 'memory') return mintSecret();
  const file = join(dataFolder, 'secret.key');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  try {
    // `wx`: of two processes that start at once, one makes it and both read it.
    writeFileSync(file, `${mintSecret()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

const SECRET_BYTES = 32;
const mintSecret = (): string => nodeRandomBytes(SECRET_BYTES).toString('base64url');
