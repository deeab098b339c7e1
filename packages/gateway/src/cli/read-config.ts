/** Reads a configuration from its file, the environment and the flags. Every invalid value is reported with its place. */
import * as v from 'valibot';
import { type Config, ConfigSchema } from './config.ts';
import { ConfigError } from './config-error.ts';
import { ENVIRONMENT, FLAGS, type Setting } from './config-settings.ts';

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
