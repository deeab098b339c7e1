/** Reads a configuration from its file, the environment and the flags. Every invalid value is reported with its place. */
import * as v from 'valibot';
import { namesAt, settingIssues } from '../base/setting-names.ts';
import { type Config, ConfigSchema } from './config.ts';
import { ConfigError, type InvalidValue } from './config-error.ts';
import type { ConfigFile } from './config-file.ts';
import { ENVIRONMENT, FLAGS, type Setting } from './config-settings.ts';
import { closestOf, suggestionFor } from './suggest.ts';

/** Where a configuration is read from. */
export interface ConfigSources {
  /** The configuration file. */
  file?: ConfigFile;
  /**
   * The environment variables, such as `process.env`. Unknown ones are ignored, because orchestrators set `RIVULET_…` variables of
   * their own; but not those that look like a mistyped name.
   */
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
  putKeys(values, { environment, places });
  putSecrets(values.webhooks, { environment, places });
  const mistyped = mistypedVariables(environment);
  const result = v.safeParse(ConfigSchema, values);
  if (result.success && mistyped.length === 0) return result.output;
  const invalid = settingIssues(ConfigSchema, result.issues ?? []).map(({ path, message, isUnknown }) => {
    const place = placeOfSource(places, path) ?? placeInFile(file, path);
    return { place, problem: isUnknown ? unknownSetting(path) : message };
  });
  throw new ConfigError([...mistyped, ...invalid]);
}

/** Puts the secrets of the variables that `secretFrom` of webhooks names where they belong. One in the file counts more. */
function putSecrets(webhooks: unknown, { environment, places }: Sources): void {
  for (const [index, webhook] of (Array.isArray(webhooks) ? (webhooks as unknown[]) : []).entries()) {
    if (!isRecord(webhook) || typeof webhook.secretFrom !== 'string' || webhook.secret !== undefined)
      continue;
    const secret = environment[webhook.secretFrom];
    if (secret === undefined || secret === '') continue;
    webhook.secret = secret;
    places.set(`webhooks.${index}.secret`, webhook.secretFrom);
  }
}

interface Sources {
  environment: ConfigSources['environment'];
  places: Map<string, string>;
}

/** Puts the keys of the variables that `apiKeyFrom` names where they belong. A key in the file counts more. */
function putKeys(values: Record<string, unknown>, { environment, places }: Sources): void {
  const { provider, providers, moderation, sites } = values;
  const named = isRecord(providers) ? Object.entries(providers) : [];
  const all: [string, unknown][] = [
    ['provider', provider],
    ...named.map(([name, value]): [string, unknown] => [`providers.${name}`, value]),
  ];
  const moderated: [string, unknown][] = [['moderation', moderation]];
  for (const [index, site] of (Array.isArray(sites) ? (sites as unknown[]) : []).entries())
    if (isRecord(site)) moderated.push([`sites.${index}.moderation`, site.moderation]);
  for (const [path, settings] of moderated)
    if (isRecord(settings)) all.push([`${path}.openai`, settings.openai]);
  for (const [path, upstream] of all) {
    if (!isRecord(upstream) || typeof upstream.apiKeyFrom !== 'string') continue;
    const key = environment[upstream.apiKeyFrom];
    if (key === undefined || key === '' || upstream.apiKey !== undefined) continue;
    upstream.apiKey = key;
    places.set(`${path}.apiKey`, upstream.apiKeyFrom);
  }
}

/** The variable or flag that a value is from, with its place in it when the variable has several values in JSON. */
function placeOfSource(
  places: ReadonlyMap<string, string>,
  path: readonly (string | number)[],
): string | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const source = places.get(path.slice(0, length).join('.'));
    if (source !== undefined) return [source, path.slice(length).join('.')].filter(Boolean).join(': ');
  }
  return undefined;
}

function placeInFile(file: ConfigFile | undefined, path: readonly (string | number)[]): string {
  if (file === undefined) return `configuration: ${path.join('.')}`;
  const line = file.lineOf === undefined ? '' : `:${file.lineOf(path)}`;
  return `${file.name}${line}: ${path.join('.')}`;
}

function unknownSetting(path: readonly (string | number)[]): string {
  const name = String(path.at(-1) ?? '');
  return `there is no such setting${suggestionFor(name, namesAt(ConfigSchema, path.slice(0, -1)))}`;
}

const PREFIX = 'RIVULET_';
const VARIABLES = Object.keys(ENVIRONMENT).filter((name) => name.startsWith(PREFIX));
const withoutPrefix = (name: string) => name.slice(PREFIX.length);

/** A mistyped secret that is ignored would be worse than a start that fails. */
function mistypedVariables(environment: ConfigSources['environment']): InvalidValue[] {
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith(PREFIX) && !VARIABLES.includes(name),
  );
  return unknown.flatMap((place) => {
    const meant = closestOf(withoutPrefix(place), VARIABLES.map(withoutPrefix));
    if (meant === undefined) return [];
    return [{ place, problem: `there is no such variable; did you mean ${PREFIX}${meant}?` }];
  });
}

/** The object under `key`, which is created when there is none. What is not an object is left for the schema to report. */
const childOf = (parent: unknown, key: string): unknown =>
  isRecord(parent) ? (parent[key] ??= {}) : undefined;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
