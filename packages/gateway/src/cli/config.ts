/** The configuration of the executable: one schema with defaults and units. Each topic has its schema in a file `config-….ts`. */
import * as v from 'valibot';
import { ADMIN_FIELDS, problemsOfAdmin } from './config-admin.ts';
import { BUDGET_SETTINGS } from './config-budgets.ts';
import { IdentitySchema, hasIdentity } from './config-identity.ts';
import { ModerationConfigSchema } from './config-moderation.ts';
import { PostgresPoolSchema } from './config-postgres.ts';
import { problemOfReattach, ProviderSchema, ProvidersSchema, unknownUpstream } from './config-provider.ts';
import {
  problemOfRateLimits,
  ProofOfWorkSchema,
  RateLimitsSchema,
  TrustProxySchema,
} from './config-rate-limits.ts';
import { SitesSchema } from './config-sites.ts';
import { text, yesOrNo } from './config-values.ts';
import { WebhooksConfigSchema } from './config-webhooks.ts';
import { MailSchema, problemOfMail } from '../mail/settings.ts';
import { LOG_LEVELS } from '../base/index.ts';
import { LimitsSchema } from '../base/limits-schema.ts';
import { DEFAULT_RETENTION_TIME, RetentionDaysSchema, RetentionTimeSchema } from '../sites/retention-days.ts';
import { TracingSchema } from '../telemetry/tracing-settings.ts';
import { whenInterrupted, whenUnwatched } from '../sites/site-settings.ts';

const port = v.pipe(
  v.number('expected a port, 0 to 65535'),
  v.integer('expected a port, 0 to 65535'),
  v.minValue(0, 'expected a port, 0 to 65535'),
  v.maxValue(65_535, 'expected a port, 0 to 65535'),
);

const ConfigFields = v.strictObject({
  /** The address to listen on. */
  host: v.optional(text, '127.0.0.1'),
  /** The port to listen on; 0: any free port. */
  port: v.optional(port, 8787),
  /** The folder of the database, the uploaded files and the secret that signs visitor tokens. */
  dataFolder: v.optional(text, './data'),
  logLevel: v.optional(v.picklist(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`), 'info'),
  provider: v.optional(ProviderSchema, {}),
  providers: v.optional(ProvidersSchema, {}),
  /** The system of record; `memory` is lost when the process ends. Default: `postgres` with a URL, else `sqlite`. */
  store: v.optional(v.picklist(['sqlite', 'memory', 'postgres'], 'expected sqlite, memory or postgres')),
  /** `postgres://…`; selects Postgres as the store. */
  postgresUrl: v.optional(text),
  /** Whether gateways migrate the database when they start, or refuse to start when `rivulet migrate` has to be run. */
  postgresMigrate: v.optional(v.picklist(['start', 'refuse'], 'expected start or refuse'), 'start'),
  /** The bounds of the connections to Postgres. */
  postgresPool: v.optional(PostgresPoolSchema, {}),
  /** `redis://…`, or `redis+cluster://…`; selects Redis as the event log, which several gateways can share. */
  redisUrl: v.optional(text),
  /** When the viewers of a gateway see what it writes: before Redis has it, or after. */
  redisDeliver: v.optional(v.picklist(['at-once', 'logged'], 'expected at-once or logged'), 'at-once'),
  /** Signs visitor tokens and file URLs; must be the same on all gateways of a service. Default: created in the data folder. */
  secret: v.optional(v.pipe(text, v.minLength(32, 'expected at least 32 characters'))),
  /** Verifies the identity tokens of signed-in users, for sites without their own `identity`. */
  identity: v.optional(IdentitySchema),
  sites: v.optional(SitesSchema),
  /** What happens to a reply without viewers, for sites without their own `whenUnwatched`. */
  whenUnwatched: v.optional(whenUnwatched, 'finish'),
  /** What happens to a reply whose gateway has died, for sites without their own `whenInterrupted`. */
  whenInterrupted: v.optional(whenInterrupted, 'end'),
  /** Whether upstreams that can write in the background do so, for sites without their own `reattach`. */
  reattach: v.optional(yesOrNo, false),
  /** After how many days without activity a conversation is erased, for sites without their own `retentionDays`. */
  retentionDays: v.optional(RetentionDaysSchema, 'off'),
  /** When old conversations are erased: a time of day in UTC. */
  retentionTime: v.optional(RetentionTimeSchema, DEFAULT_RETENTION_TIME),
  limits: v.optional(LimitsSchema, {}),
  /** What visitors may do, where it differs from the defaults; `off`: no limits. */
  rateLimits: v.optional(RateLimitsSchema),
  /** The proxies in front of the gateway whose `X-Forwarded-For` is believed: their number, or their addresses. */
  trustProxy: v.optional(TrustProxySchema, false),
  /** From whom a proof of work is asked, for sites without their own `proofOfWork`. */
  proofOfWork: v.optional(ProofOfWorkSchema, {}),
  ...ADMIN_FIELDS,
  ...BUDGET_SETTINGS,
  /** Who decides which text may be shown, for sites without their own `moderation`. */
  moderation: v.optional(ModerationConfigSchema),
  /** Who is told what happens. */
  webhooks: v.optional(WebhooksConfigSchema, []),
  /** The mail server, and who is told by mail. */
  mail: v.optional(MailSchema),
  /** What is traced, where it differs from the defaults. */
  tracing: v.optional(TracingSchema),
  /** Serve the demo page at `/`. */
  demoPage: v.optional(yesOrNo, true),
});
const adminCheck = (setting: keyof ReturnType<typeof problemsOfAdmin>) =>
  v.rawCheck<v.InferOutput<typeof ConfigFields>>(({ dataset, addIssue }) => {
    const message = dataset.typed ? problemsOfAdmin(dataset.value)[setting] : undefined;
    if (message !== undefined) addIssue({ message });
  });
/** The whole configuration, with its defaults and with the checks that involve several values. */
export const ConfigSchema = v.pipe(
  ConfigFields,
  v.forward(
    v.check(
      ({ store, postgresUrl }) => store !== 'postgres' || postgresUrl !== undefined,
      'expected the URL of the database here or in RIVULET_POSTGRES_URL, because the store is postgres',
    ),
    ['postgresUrl'],
  ),
  v.forward(
    v.check(
      ({ redisUrl, secret }) => redisUrl === undefined || secret !== undefined,
      'expected a secret here or in RIVULET_SECRET, because gateways that share a Redis must sign with the same one',
    ),
    ['secret'],
  ),
  v.forward(
    v.check(
      (config) => hasIdentity(config),
      'expected a key here or in the site, because a site requires signed-in users',
    ),
    ['identity'],
  ),
  v.forward(adminCheck('adminToken'), ['adminToken']),
  v.forward(adminCheck('consoleToken'), ['consoleToken']),
  v.forward(adminCheck('adminUsers'), ['adminUsers']),
  v.forward(adminCheck('adminUrl'), ['adminUrl']),
  v.forward(
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? unknownUpstream(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
    ['providers'],
  ),
  v.forward(
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problemOfReattach(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
    ['reattach'],
  ),
  v.forward(
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problemOfMail(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
    ['mail'],
  ),
  v.forward(
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { rateLimits, trustProxy, sites = [] } = dataset.value;
      const message = problemOfRateLimits({ rateLimits, trustProxy, sites });
      if (message !== undefined) addIssue({ message });
    }),
    ['rateLimits'],
  ),
);
/** A valid configuration with its defaults. */
export type Config = v.InferOutput<typeof ConfigSchema>;
