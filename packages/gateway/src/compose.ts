/** From a configuration to a gateway: the one place of the executable that names concrete adapters. */
import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAnonymousAuth } from './auth/anonymous.ts';
import type { Auth } from './auth/auth.ts';
import { createJwtAuth } from './auth/jwt.ts';
import { createSiteAuth } from './auth/site-auth.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { identityKeyOf, type Identity } from './config-identity.ts';
import type { EventLog } from './event-logs/event-log.ts';
import { createMemoryEventLog } from './event-logs/memory.ts';
import { createRedisEventLog } from './event-logs/redis.ts';
import { describeCause } from './failure.ts';
import { createGateway, DEFAULT_SITES, type Gateway } from './gateway.ts';
import type { Logger } from './logger.ts';
import { createDemoProvider } from './providers/demo.ts';
import { loadDemoDocuments } from './providers/demo-documents.ts';
import { createOpenAiProvider } from './providers/openai.ts';
import type { Provider } from './providers/provider.ts';
import { randomBytes } from './random.ts';
import { createMemoryStore } from './stores/memory.ts';
import { createPostgresStore } from './stores/postgres.ts';
import { createSqliteStore } from './stores/sqlite.ts';
import type { Store } from './stores/store.ts';

/** @throws {Error} when the data folder cannot be written, with its name and the reason */
export async function composeGateway(config: Config, logger: Logger): Promise<Gateway> {
  const clock = systemClock;
  return createGateway({
    provider: await composeProvider(config, logger),
    store: composeStore(config),
    eventLog: composeEventLog(config, logger),
    auth: composeAuth(config),
    logger,
    clock,
    limits: config.limits,
    demoPage: config.demoPage,
    sites: (config.sites ?? DEFAULT_SITES).map((site) => ({
      ...site,
      whenUnwatched: site.whenUnwatched ?? config.whenUnwatched,
    })),
  });
}

/** Whom the site signs in beside anonymous visitors; a site's own identity goes before the one of all. */
function composeAuth(config: Config): Auth {
  const { identity, sites = [] } = config;
  const clock = systemClock;
  const createPersons = (settings: Identity) =>
    createJwtAuth({ ...settings, key: identityKeyOf(settings), clock });
  const common = identity === undefined ? undefined : createPersons(identity);
  const own = new Map(
    sites.map(({ id, identity: of }) => [id, of === undefined ? common : createPersons(of)]),
  );
  return createSiteAuth({
    anonymous: createAnonymousAuth({ secret: readSecret(config), clock, random: randomBytes }),
    personsOf: (siteId) => (own.has(siteId) ? own.get(siteId) : common),
  });
}

async function composeProvider({ provider }: Config, logger: Logger): Promise<Provider> {
  const { apiKey, baseUrl, model, usage } = provider;
  const kind = provider.kind ?? (apiKey === undefined ? 'demo' : 'openai');
  if (kind === 'openai') {
    if (apiKey === undefined)
      throw new Error('provider.kind is openai: set OPENAI_API_KEY (any word, if the upstream needs none)');
    return createOpenAiProvider({ apiKey, model, usage, ...(baseUrl === undefined ? {} : { baseUrl }) });
  }
  if (baseUrl !== undefined) {
    logger.warn(
      {},
      'OPENAI_BASE_URL is set but OPENAI_API_KEY is not: the demo answers; any word does as a key if the upstream needs none',
    );
  }
  const folder = fileURLToPath(new URL('./demo-documents/', import.meta.url));
  return createDemoProvider({ documents: await loadDemoDocuments(folder), clock: systemClock });
}

function composeStore({ store, dataFolder, postgresUrl }: Config): Store {
  if (postgresUrl !== undefined && (store ?? 'postgres') === 'postgres') {
    return createPostgresStore({ connectionString: postgresUrl });
  }
  if (store === 'memory') return createMemoryStore();
  return createSqliteStore({ file: join(dataFolder, 'rivulet.sqlite') });
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
