/** The configuration of the executable: one schema with defaults and units. Every invalid value is reported with its place. */
import * as v from 'valibot';
import { ENVIRONMENT, FLAGS, type Setting } from './config-settings.ts';
import { IdentitySchema, hasIdentity, httpUrl, text } from './config-identity.ts';
import { DEFAULT_LIMITS, type Limits, LOG_LEVELS } from '../base/index.ts';
import { RequestSettingsSchema } from '../providers/request-settings.ts';
import { readOriginPattern } from '../sites/origins.ts';
import { WHEN_BUSY } from '../sites/sites.ts';

const milliseconds = v.pipe(
  v.number('expected milliseconds'),
  v.integer('expected whole milliseconds'),
  v.minValue(1, 'expected at least 1 ms'),
  v.maxValue(86_400_000, 'expected at most a day, 86400000 ms'),
);
const positiveInteger = v.pipe(
  v.number('expected a number'),
  v.integer('expected a whole number'),
  v.minValue(1, 'expected at least 1'),
);
/** JSON writes a character as up to six, and the longest string of V8 has 512 Mi. */
const MAX_ANSWER_CHARS = 64 * 1024 * 1024;
const ANSWER_PROBLEM = `expected a whole number of characters, 1 to ${MAX_ANSWER_CHARS}`;
const answerChars = v.pipe(
  v.number(ANSWER_PROBLEM),
  v.integer(ANSWER_PROBLEM),
  v.minValue(1, ANSWER_PROBLEM),
  v.maxValue(MAX_ANSWER_CHARS, ANSWER_PROBLEM),
);
const origin = v.pipe(
  text,
  v.rawCheck(({ dataset, addIssue }) => {
    const pattern = dataset.typed ? readOriginPattern(dataset.value) : undefined;
    if (pattern?.kind === 'problem') addIssue({ message: pattern.problem });
  }),
);
const mediaType = v.pipe(
  text,
  v.regex(
    /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/,
    'expected a media type such as image/png, in lower case',
  ),
);
const port = v.pipe(
  v.number('expected a port, 0 to 65535'),
  v.integer('expected a port, 0 to 65535'),
  v.minValue(0, 'expected a port, 0 to 65535'),
  v.maxValue(65_535, 'expected a port, 0 to 65535'),
);

const KEY_PROBLEM = 'expected one or more keys of visible ASCII characters, separated by commas or in a list';
const apiKeys = v.pipe(
  v.union([v.string(), v.array(v.string())], KEY_PROBLEM),
  v.transform((keys) => [keys].flat().flatMap((key) => key.split(',').map((one) => one.trim()))),
  v.check(
    (keys) => keys.length > 0 && keys.every((key) => /^[\x21-\x7e][\x20-\x7e]*$/.test(key)),
    KEY_PROBLEM,
  ),
);

const limitOf = (name: keyof Limits) => {
  if (name === 'maxAnswerChars') return answerChars;
  return name.endsWith('Ms') ? milliseconds : positiveInteger;
};
const limitNames = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]; // Object.keys forgets the key type
const limits = v.strictObject(
  Object.fromEntries(limitNames.map((name) => [name, v.optional(limitOf(name))])),
  'there is no such limit',
);

/** A reload of the page takes about a second; the event log remembers for ten minutes when the last viewer left. */
const UNWATCHED_PROBLEM = 'expected whole milliseconds, 1000 to 600000';
const whenUnwatched = v.union(
  [
    v.literal('finish'),
    v.strictObject({
      abandonAfterMs: v.pipe(
        v.number(UNWATCHED_PROBLEM),
        v.integer(UNWATCHED_PROBLEM),
        v.minValue(1_000, UNWATCHED_PROBLEM),
        v.maxValue(600_000, UNWATCHED_PROBLEM),
      ),
    }),
  ],
  'expected finish, or how long a reply continues without viewers: 1000 to 600000 ms',
);

const SiteSchema = v.strictObject({
  id: v.pipe(
    text,
    v.regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes and underscores'),
  ),
  origins: v.pipe(v.array(origin), v.minLength(1, 'expected at least one origin')),
  systemPrompt: v.optional(text),
  model: v.optional(text),
  /** Replaces `provider.request` for this site, setting by setting. */
  request: v.optional(RequestSettingsSchema),
  whenBusy: v.optional(v.picklist(WHEN_BUSY, `expected one of ${WHEN_BUSY.join(', ')}`)),
  fileTypes: v.optional(v.array(mediaType)),
  allowClientTools: v.optional(v.boolean('expected true or false')),
  /** Replaces the global `identity` for this site. */
  identity: v.optional(IdentitySchema),
  /** Whether anonymous visitors are refused. */
  requireIdentity: v.optional(v.boolean('expected true or false')),
  whenUnwatched: v.optional(whenUnwatched),
  /** Replaces `limits.maxAnswerChars` for this site. */
  maxAnswerChars: v.optional(answerChars),
});

const ConfigFields = v.strictObject({
  /** The address to listen on. */
  host: v.optional(text, '127.0.0.1'),
  /** The port to listen on; 0: any free port. */
  port: v.optional(port, 8787),
  /** The folder of the database, the uploaded files and the secret that signs visitor tokens. */
  dataFolder: v.optional(text, './data'),
  logLevel: v.optional(v.picklist(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`), 'info'),
  /** `openai`: any upstream with the chat completions API. Default: `openai` when there is a key, else `demo`. */
  provider: v.optional(
    v.strictObject({
      kind: v.optional(v.picklist(['openai', 'demo'], 'expected openai or demo')),
      /** One key or a list; in a text they are separated by commas. */
      apiKey: v.optional(apiKeys),
      baseUrl: v.optional(httpUrl),
      model: v.optional(text, 'gpt-5-mini'),
      /** Whether to request token counts; `omit` is for upstreams that refuse `stream_options`. */
      usage: v.optional(v.picklist(['include', 'omit'], 'expected include or omit'), 'include'),
      /** Whether reasoning between tags in an answer is separated from it. */
      thinkTags: v.optional(v.picklist(['auto', 'off'], 'expected auto or off'), 'auto'),
      /** The HTTP proxies through which the upstream is called. */
      proxy: v.optional(
        v.strictObject({
          http: v.optional(httpUrl),
          https: v.optional(httpUrl),
          except: v.optional(v.string('expected host names, separated by commas')),
        }),
        {},
      ),
      /** The settings of the requests, for sites without their own. */
      request: v.optional(RequestSettingsSchema, {}),
    }),
    {},
  ),
  /** The system of record; `memory` is lost when the process ends. Default: `postgres` with a URL, else `sqlite`. */
  store: v.optional(v.picklist(['sqlite', 'memory', 'postgres'], 'expected sqlite, memory or postgres')),
  /** `postgres://…`; selects Postgres as the store. */
  postgresUrl: v.optional(text),
  /** `redis://…`; selects Redis as the event log, which several gateways can share. */
  redisUrl: v.optional(text),
  /** Signs visitor tokens and file URLs; must be the same on all gateways of a service. Default: created in the data folder. */
  secret: v.optional(v.pipe(text, v.minLength(32, 'expected at least 32 characters'))),
  /** Verifies the identity tokens of signed-in users, for sites without their own `identity`. */
  identity: v.optional(IdentitySchema),
  sites: v.optional(
    v.pipe(
      v.array(SiteSchema),
      v.minLength(1, 'expected at least one site'),
      v.check(
        (sites) => new Set(sites.map(({ id }) => id)).size === sites.length,
        'expected an id of its own for each site',
      ),
    ),
  ),
  /** What happens to a reply without viewers, for sites without their own `whenUnwatched`. */
  whenUnwatched: v.optional(whenUnwatched, 'finish'),
  limits: v.optional(limits, {}),
  /** Serve the demo page at `/`. */
  demoPage: v.optional(v.boolean('expected true or false'), true),
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
);
/** A valid configuration with its defaults. */
export type Config = v.InferOutput<typeof ConfigSchema>;

/** An invalid value of the configuration. */
export interface InvalidValue {
  /** Where the value comes from: `PORT`, `--port` or `rivulet.json: limits.drainMs`. */
  place: string;
  /** What was expected. It never repeats the value, which may be a key. */
  problem: string;
}

/** The configuration is invalid. The message lists every invalid value with its place and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly invalidValues: readonly InvalidValue[];

  constructor(invalidValues: readonly InvalidValue[]) {
    const lines = invalidValues.map(({ place, problem }) => `  ${place}: ${problem}`);
    super(`the configuration is invalid; change or set:\n${lines.join('\n')}`);
    this.invalidValues = invalidValues;
  }
}

/** Where a configuration is read from. */
export interface ConfigSources {
  /** The parsed JSON of the configuration file, and the file's name for errors. */
  file?: { name: string; value: unknown };
  /** The environment variables, such as `process.env`. Unknown ones are ignored. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The values of the command-line flags, by flag name without dashes. */
  flags: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads and validates a configuration. Flags override environment variables, which override the file, which overrides the
 * defaults. An empty variable counts as unset.
 * @throws {ConfigError} listing every invalid value
 */
export function readConfig({ file, environment, flags }: ConfigSources): Config {
  const values = isRecord(file?.value) ? structuredClone(file.value) : {};
  if (file !== undefined && !isRecord(file.value)) {
    throw new ConfigError([{ place: file.name, problem: 'expected a JSON object' }]);
  }
  const places = new Map<string, string>();
  const put = (name: string, { path, read }: Setting, value: string | undefined) => {
    if (value === undefined || value === '') return;
    const parent = path.slice(0, -1).reduce<unknown>(childOf, values);
    if (isRecord(parent)) parent[path.at(-1) ?? ''] = read === undefined ? value : read(value);
    places.set(path.join('.'), name);
  };
  for (const [name, setting] of Object.entries(ENVIRONMENT)) {
    put(name, setting, environment[name]);
    if (setting.alias !== undefined) put(setting.alias, setting, environment[setting.alias]);
  }
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

/** The object under `key`, which is created when there is none. What is not an object is left for the schema to report. */
const childOf = (parent: unknown, key: string): unknown =>
  isRecord(parent) ? (parent[key] ??= {}) : undefined;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
