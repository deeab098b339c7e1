/** Reloads the configuration of a running gateway: what can change takes effect, a bad file is refused, and the rest waits for a restart. */
import { isDeepStrictEqual } from 'node:util';
import { explanationOf, type Logger } from '../base/index.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';

/** The settings that take effect while the gateway runs. All others are read at its start only. */
const CHANGEABLE: readonly string[] = [
  'sites',
  'identity',
  'whenUnwatched',
  'whenInterrupted',
  'reattach',
  'retentionDays',
  'moderation',
] satisfies (keyof Config)[];

/** What `createReload` needs. */
export interface ReloadOptions {
  /** The configuration that the gateway was started with. */
  started: Config;
  /** Reads the configuration again. @throws {ConfigError} */
  read: () => Config;
  /** Puts the changeable settings into effect, all or none. @throws {Error} when they cannot be used */
  apply: (config: Config) => void;
  logger: Logger;
}

/** Creates the function that reloads. It never throws: what is wrong is logged, and the settings stay as they are. */
export function createReload({ started, read, apply, logger }: ReloadOptions): () => void {
  let current = started;
  return () => {
    try {
      const next = read();
      apply(next);
      const waiting = differencesOf(started, next);
      if (waiting.length > 0)
        logger.warn(
          { settings: waiting },
          `these settings keep their values until the next start: ${waiting.join(', ')}`,
        );
      const changed = CHANGEABLE.filter((key) => isChanged(current, next, key));
      current = next;
      const sites = (next.sites ?? []).map(({ id }) => id);
      logger.info({ changed, sites }, 'the configuration was reloaded');
    } catch (error) {
      report(error, logger);
    }
  };
}

/** One line for each bad value, so that a search for one finds it. */
function report(error: unknown, logger: Logger): void {
  const kept = 'the configuration was not reloaded, and the gateway keeps the one it has';
  if (!(error instanceof ConfigError)) {
    const problem = explanationOf(error) ?? (error instanceof Error ? error.message : String(error));
    logger.error({ problem }, `${kept}: ${problem}`);
    return;
  }
  for (const { place, problem } of error.invalidValues)
    logger.error({ place, problem }, `${kept}: ${place}: ${problem}`);
}

/** The paths of the settings that differ and cannot change; never their values, which may be keys. */
function differencesOf(before: Config, after: Config): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => !CHANGEABLE.includes(key) && isChanged(before, after, key))
    .flatMap((key) => innerDifferences(key, valueOf(before, key), valueOf(after, key)));
}

const valueOf = (config: object, key: string): unknown => Reflect.get(config, key);
const isChanged = (before: object, after: object, key: string): boolean =>
  !isDeepStrictEqual(valueOf(before, key), valueOf(after, key));
const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function innerDifferences(path: string, before: unknown, after: unknown): string[] {
  if (!isGroup(before) || !isGroup(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.filter((key) => isChanged(before, after, key)).map((key) => `${path}.${key}`);
}
