/** Creates the gateway of the executable from its configuration. Only this file names concrete adapters. */
import { join } from 'node:path';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import { createSiteAuth } from '../auth/site-auth.ts';
import { describeCause, type Logger, randomBytes, systemClock } from '../base/index.ts';
import { adminOptionsOf } from './config-admin.ts';
import type { Config } from './config.ts';
import { poolOptionsOf } from './config-postgres.ts';
import { composeReplies } from './compose-replies.ts';
import { composeSites, composeUserAuths } from './compose-sites.ts';
import { secretsOf } from './config-secrets.ts';
import { webhooksOf } from './config-webhooks.ts';
import { prepareDataFolder, readSecret } from './data-folder.ts';
import type { SettingSource } from './setting-source.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { createDiskFileStore } from '../files/disk.ts';
import type { FileStore } from '../files/file-store.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway, GatewayOptions } from '../gateway-options.ts';
import type { Provider } from '../providers/provider.ts';
import { createMemoryRateLimiter } from '../rate-limits/memory.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import { createRedisRateLimiter } from '../rate-limits/redis.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createPostgresStore } from '../stores/postgres.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';

/** A gateway of the executable. */
export interface ComposedGateway {
  /** The caller closes it. */
  gateway: Gateway;
  /** Puts the changeable settings of another configuration into effect, all or none. @throws {SiteError} as `Gateway.updateSites` */
  update(config: Config): void;
}

/**
 * Creates a gateway with the adapters that the configuration selects.
 * @param settingSource says where a setting of a site is configured. Default: it is not said
 * @throws {ConfigError} when the provider needs an API key that is not set
 * @throws {StartError} when the data folder cannot be used
 * @throws {MissingPackageError} when the configuration needs a package that is not installed
 */
export async function composeGateway(
  config: Config,
  logger: Logger,
  settingSource?: SettingSource,
): Promise<ComposedGateway> {
  const clock = systemClock;
  if (config.store !== 'memory') prepareDataFolder(config.dataFolder);
  const secret = readSecret(config);
  const replies = await composeReplies(config, logger);
  const users = composeUserAuths(config);
  let secrets = secretsOf(config);
  const anonymous = createAnonymousAuth({ secret, clock, random: randomBytes });
  // The event log connects when it is created, so it is created last.
  const store = await composeStore(config, logger);
  const gateway = await createGateway({
    provider: replies.provider,
    store,
    eventLog: composeEventLog(config, logger),
    auth: createSiteAuth({ anonymous, usersOf: (siteId) => users.of(siteId) }),
    files: { store: composeFiles(config), secret },
    logger,
    clock,
    limits: config.limits,
    ...budgetsOf(config, replies.provider),
    secrets: () => secrets,
    ...(config.rateLimits === undefined ? {} : { rateLimits: config.rateLimits }),
    rateLimiter: composeRateLimiter(config, logger),
    trustProxy: config.trustProxy,
    proofOfWork: config.proofOfWork,
    ...adminOptionsOf(config),
    demoPage: config.demoPage,
    webhooks: webhooksOf(config.webhooks),
    ...(config.mail === undefined ? {} : { mail: config.mail }),
    ...(config.tracing === undefined ? {} : { tracing: config.tracing }),
    retentionTime: config.retentionTime,
    ...(settingSource === undefined ? {} : { settingSource }),
    sites: composeSites(config, replies),
  });
  return {
    gateway,
    update(next) {
      gateway.updateSites(composeSites(next, replies));
      users.update(next);
      secrets = secretsOf(next);
    },
  };
}

/** The demo costs nothing, so that it has no budgets unless they are set. */
export function budgetsOf(
  { budgets, prices }: Config,
  { name }: Provider,
): Pick<GatewayOptions, 'budgets' | 'prices'> {
  const own = budgets ?? (name === 'demo' ? 'off' : undefined);
  return { ...(own === undefined ? {} : { budgets: own }), ...(prices === undefined ? {} : { prices }) };
}

/** The store that the configuration selects. The caller closes it. */
export async function composeStore(config: Config, logger: Logger): Promise<Store> {
  const { store, dataFolder, postgresUrl, postgresPool, postgresMigrate: migrate } = config;
  if (postgresUrl !== undefined && (store ?? 'postgres') === 'postgres') {
    const pool = poolOptionsOf(postgresPool);
    return createPostgresStore({ connectionString: postgresUrl, migrate, ...pool, logger });
  }
  if (store === 'memory') return createMemoryStore();
  return createSqliteStore({ file: join(dataFolder, 'rivulet.sqlite'), logger });
}

/** Several gateways must share the folder; `dataFolder` may be on a shared disk. */
export function composeFiles({ store, dataFolder }: Config): FileStore {
  if (store === 'memory') return createMemoryFileStore();
  return createDiskFileStore({ folder: join(dataFolder, 'files') });
}

/** The event log that the configuration selects. The caller closes it. */
export function composeEventLog({ redisUrl, redisDeliver }: Config, logger: Logger): EventLog {
  const shared = { clock: systemClock, random: randomBytes };
  if (redisUrl === undefined) return createMemoryEventLog(shared);
  const onError = (error: unknown) => {
    logger.warn(describeCause(error), 'a Redis operation failed; the event log retries it');
  };
  return createRedisEventLog({ ...shared, url: redisUrl, deliver: redisDeliver, onError });
}

/** Gateways that share a Redis share what visitors have done. */
function composeRateLimiter({ redisUrl }: Config, logger: Logger): RateLimiter {
  if (redisUrl === undefined) return createMemoryRateLimiter();
  return createRedisRateLimiter({
    url: redisUrl,
    clock: systemClock,
    onState: (state) => {
      if (state.kind === 'back') logger.info({}, 'Redis counts what visitors do again');
      else
        logger.warn(
          describeCause(state.error),
          'Redis does not count what visitors do: until it is back, each gateway limits them by what it knows itself',
        );
    },
  });
}
