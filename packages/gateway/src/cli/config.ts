/** The configuration of the executable: one schema with defaults and units; every bad value is named with its place. */
import * as v from 'valibot';
import { IdentitySchema, hasIdentity, httpUrl, text } from './config-identity.ts';
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts';
import { LOG_LEVELS } from '../base/logger.ts';
import { WHEN_BUSY } from '../sites/sites.ts';

const milliseconds = v.pipe(
  v.number('expected milliseconds'),
  v.integer('expected whole milliseconds'),
  v.minValue(1, 'expected at least 1 ms'),
  v.maxValue(86_400_000, 'expected at most a day, 86400000 ms'),
);
const amount = v.pipe(
  v.number('expected a number'),
  v.integer('expected a whole number'),
  v.minValue(1, 'expected at least 1'),
);
const origin = v.pipe(
  text,
  v.check(
    (value) => ['*', 'self', 'localhost', 'null'].includes(value) || URL.parse(value)?.origin === value,
    'expected an origin such as https://shop.example (no path, no slash at its end), or self, localhost, *',
  ),
);
const mediaType = v.pipe(
  text,
  v.regex(
    /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/,
    'expected a media type such as image/png, in small letters',
  ),
);
const port = v.pipe(
  v.number('expected a port, 0 to 65535'),
  v.integer('expected a port, 0 to 65535'),
  v.minValue(0, 'expected a port, 0 to 65535'),
  v.maxValue(65_535, 'expected a port, 0 to 65535'),
);

const limitOf = (name: keyof Limits) => (name.endsWith('Ms') ? milliseconds : amount);
const limitNames = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]; // Object.keys forgets the key type
const limits = v.strictObject(
  Object.fromEntries(limitNames.map((name) => [name, v.optional(limitOf(name))])),
  'no such limit',
);

/** A reload takes a second; the event log remembers for ten minutes who was there. */
const AWAY_WORDS = 'expected whole milliseconds, 1000 to 600000';
const whenUnwatched = v.union(
  [
    v.literal('finish'),
    v.strictObject({
      abandonAfterMs: v.pipe(
        v.number(AWAY_WORDS),
        v.integer(AWAY_WORDS),
        v.minValue(1_000, AWAY_WORDS),
        v.maxValue(600_000, AWAY_WORDS),
      ),
    }),
  ],
  'expected finish, or how long a reply may go unwatched: 1000 to 600000 ms',
);

const SiteSchema = v.strictObject({
  id: v.pipe(
    text,
    v.regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 of letters, digits, dot, dash and underscore'),
  ),
  origins: v.pipe(v.array(origin), v.minLength(1, 'expected at least one origin')),
  systemPrompt: v.optional(text),
  model: v.optional(text),
  whenBusy: v.optional(v.picklist(WHEN_BUSY, `expected one of ${WHEN_BUSY.join(', ')}`)),
  fileTypes: v.optional(v.array(mediaType)),
  allowClientTools: v.optional(v.boolean('expected true or false')),
  /** In place of the one of all sites. */
  identity: v.optional(IdentitySchema),
  /** Nobody speaks anonymously. */
  requireIdentity: v.optional(v.boolean('expected true or false')),
  whenUnwatched: v.optional(whenUnwatched),
});

const ConfigFields = v.strictObject({
  /** The address to listen on. */
  host: v.optional(text, '127.0.0.1'),
  /** 0: any free one. */
  port: v.optional(port, 8787),
  /** The folder for the database and the secret that signs visitors' tokens. */
  dataFolder: v.optional(text, './data'),
  logLevel: v.optional(v.picklist(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`), 'info'),
  /** `openai`: any upstream that speaks chat completions. Default: `openai` with a key, else `demo`. */
  provider: v.optional(
    v.strictObject({
      kind: v.optional(v.picklist(['openai', 'demo'], 'expected openai or demo')),
      apiKey: v.optional(text),
      baseUrl: v.optional(httpUrl),
      model: v.optional(text, 'gpt-5-mini'),
      /** `omit`: for upstreams that refuse `stream_options`. */
      usage: v.optional(v.picklist(['include', 'omit'], 'expected include or omit'), 'include'),
    }),
    {},
  ),
  /** `memory` forgets everything at the end. */
  store: v.optional(v.picklist(['sqlite', 'memory', 'postgres'], 'expected sqlite, memory or postgres')),
  /** `postgres://…`; makes Postgres the store. */
  postgresUrl: v.optional(text),
  /** `redis://…`; makes Redis the event log, which several gateways share. */
  redisUrl: v.optional(text),
  /** Signs visitors' tokens; the same for every gateway of a service. Default: made at the first start, in the data folder. */
  secret: v.optional(v.pipe(text, v.minLength(32, 'expected at least 32 characters'))),
  /** Verifies the tokens by which sites sign people in. */
  identity: v.optional(IdentitySchema),
  sites: v.optional(v.pipe(v.array(SiteSchema), v.minLength(1, 'expected at least one site'))),
  /** What becomes of a reply that nobody watches, on each site that does not say. */
  whenUnwatched: v.optional(whenUnwatched, 'finish'),
  limits: v.optional(limits, {}),
  /** Serve the demo page at `/`. */
  demoPage: v.optional(v.boolean('expected true or false'), true),
});
/** What is only wrong together with something else. */
export const ConfigSchema = v.pipe(
  ConfigFields,
  v.forward(
    v.check(
      ({ store, postgresUrl }) => store !== 'postgres' || postgresUrl !== undefined,
      'the store is postgres: expected its address here or in RIVULET_POSTGRES_URL',
    ),
    ['postgresUrl'],
  ),
  v.forward(
    v.check(
      ({ redisUrl, secret }) => redisUrl === undefined || secret !== undefined,
      'gateways that share a Redis sign with one secret: expected it here or in RIVULET_SECRET',
    ),
    ['secret'],
  ),
  v.forward(
    v.check(
      (config) => hasIdentity(config),
      'a site requires an identity: expected its key here, or in the site',
    ),
    ['identity'],
  ),
);
export type Config = v.InferOutput<typeof ConfigSchema>;

/** A value of the configuration that will not do. */
export interface BadValue {
  /** `limits.drainMs`, `PORT`, `--port`. */
  place: string;
  problem: string;
}

/** Says of every bad value where it stands and what was expected; it never repeats the value, which may be a key. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly badValues: readonly BadValue[];

  constructor(badValues: readonly BadValue[]) {
    const lines = badValues.map(({ place, problem }) => `  ${place}: ${problem}`);
    super(`the configuration has ${badValues.length} bad value(s)\n${lines.join('\n')}`);
    this.badValues = badValues;
  }
}

export interface ConfigSources {
  /** The parsed JSON of the file, and its name. */
  file?: { name: string; value: unknown };
  environment: Readonly<Record<string, string | undefined>>;
  /** What stood on the command line, by flag name without dashes. */
  flags: Readonly<Record<string, string | undefined>>;
}

interface Setting {
  path: readonly [string] | readonly [string, string];
  read?: (value: string) => unknown;
}
const number = (value: string): unknown => (/^\d+$/.test(value) ? Number(value) : value);
const unwatched = (value: string): unknown =>
  /^\d+$/.test(value) ? { abandonAfterMs: Number(value) } : value;

/** What the environment may say. */
export const ENVIRONMENT: Readonly<Record<string, Setting>> = {
  PORT: { path: ['port'], read: number },
  HOST: { path: ['host'] },
  OPENAI_API_KEY: { path: ['provider', 'apiKey'] },
  OPENAI_BASE_URL: { path: ['provider', 'baseUrl'] },
  RIVULET_MODEL: { path: ['provider', 'model'] },
  RIVULET_USAGE: { path: ['provider', 'usage'] },
  RIVULET_DATA: { path: ['dataFolder'] },
  RIVULET_POSTGRES_URL: { path: ['postgresUrl'] },
  RIVULET_REDIS_URL: { path: ['redisUrl'] },
  RIVULET_SECRET: { path: ['secret'] },
  RIVULET_IDENTITY_SECRET: { path: ['identity', 'secret'] },
  RIVULET_IDENTITY_JWKS_URL: { path: ['identity', 'jwksUrl'] },
  RIVULET_WHEN_UNWATCHED: { path: ['whenUnwatched'], read: unwatched },
  LOG_LEVEL: { path: ['logLevel'] },
};

/** What the command line may say. */
export const FLAGS: Readonly<Record<string, Setting>> = {
  port: { path: ['port'], read: number },
  host: { path: ['host'] },
  data: { path: ['dataFolder'] },
  model: { path: ['provider', 'model'] },
  usage: { path: ['provider', 'usage'] },
  'when-unwatched': { path: ['whenUnwatched'], read: unwatched },
  'log-level': { path: ['logLevel'] },
};

/**
 * The later wins: defaults, file, environment, flags. An empty variable counts as none.
 * @throws {ConfigError} naming every bad value
 */
export function readConfig({ file, environment, flags }: ConfigSources): Config {
  const values = isRecord(file?.value) ? structuredClone(file.value) : {};
  if (file !== undefined && !isRecord(file.value)) {
    throw new ConfigError([{ place: file.name, problem: 'expected a JSON object' }]);
  }
  const places = new Map<string, string>();
  const put = (name: string, { path, read }: Setting, value: string | undefined) => {
    if (value === undefined || value === '') return;
    const [head, tail] = path;
    const parent = tail === undefined ? values : (values[head] ??= {});
    if (isRecord(parent)) parent[tail ?? head] = read === undefined ? value : read(value);
    places.set(path.join('.'), name);
  };
  for (const [name, setting] of Object.entries(ENVIRONMENT)) put(name, setting, environment[name]);
  for (const [name, setting] of Object.entries(FLAGS)) put(`--${name}`, setting, flags[name]);
  const result = v.safeParse(ConfigSchema, values);
  if (result.success) return result.output;
  throw new ConfigError(
    result.issues.map((issue) => {
      const path = v.getDotPath(issue) ?? '';
      const place = places.get(path) ?? `${file?.name ?? 'configuration'}: ${path}`;
      return { place, problem: issue.type === 'strict_object' ? 'there is no such setting' : issue.message };
    }),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
