/** `rivulet migrate`: brings a Postgres database to the version of this gateway, or says what that would do. */
import { silentLogger, type Logger } from '../../base/index.ts';
import { inspectPostgres, migratePostgres, type DatabaseReport } from '../../stores/postgres-upgrade.ts';
import type { MissingMigration } from '../../stores/postgres-versions.ts';
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { interruptible } from '../interruption.ts';
import { postgresUrlOf } from './postgres-url.ts';

/** What `runMigrate` needs. */
export interface RunMigrateOptions {
  config: Pick<Config, 'store' | 'postgresUrl'>;
  /** `show`: changes nothing. */
  effect: 'apply' | 'show';
  /** Prints a line while the command works, without the end of the line. */
  report: (line: string) => void;
}

/**
 * Runs the command.
 * @returns what to print at its end
 * @throws {Error} when the database cannot be used, or the command was interrupted, with what to do
 */
export async function runMigrate({ config, effect, report }: RunMigrateOptions): Promise<CommandOutput> {
  const connectionString = postgresUrlOf(config, 'migrate');
  const logger = loggerOf(report);
  const interrupted =
    'The migration was interrupted. Completed steps remain, the others were rolled back; run it again.';
  return interruptible(interrupted, async (signal) => {
    const options = { connectionString, signal, logger };
    const found = await inspectPostgres(options);
    const facts = {
      effect,
      foundVersion: found.state.version,
      missing: found.missing.map(({ version, migration }) => ({ version, about: migration.about })),
    };
    if (effect === 'show')
      return { text: describePlan(found), json: { ...facts, version: found.state.version } };
    if (found.missing.length === 0)
      return { text: `${describeCurrent(found)}\n`, json: { ...facts, version: found.state.version } };
    const { state } = await migratePostgres(options);
    return {
      text: `The database has schema version ${state.version}.\n`,
      json: { ...facts, version: state.version },
    };
  });
}

/** What the migrations log, as lines. */
function loggerOf(report: (line: string) => void): Logger {
  return {
    ...silentLogger,
    info: (facts) => {
      const { version, about } = facts as { version: number; about: string }; // the only line at this level
      report(`Version ${version}: ${about}`);
    },
    warn: (_facts, sentence) => {
      report(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`);
    },
  };
}

const describeCurrent = ({ state }: DatabaseReport): string =>
  `The database has schema version ${state.version}; there is nothing to migrate.`;

function describePlan(found: DatabaseReport): string {
  const { state, missing } = found;
  const importing = state.importing === undefined ? [] : [`An import of ${state.importing} is not complete.`];
  if (missing.length === 0) return [describeCurrent(found), ...importing, ''].join('\n');
  const has = state.version === 0 ? 'has no tables yet' : `has schema version ${state.version}`;
  return [
    `The database ${has}. rivulet migrate would apply:`,
    ...missing.map(describeStep),
    compatibilityOf(missing, state.version),
    ...importing,
    '',
  ].join('\n');
}

function describeStep({ version, migration }: MissingMigration): string {
  const how =
    'index' in migration ? ' (an index, built while the table is in use)' : ' (in one short transaction)';
  return `  ${version}. ${migration.about}${how}`;
}

/** Whether gateways of the version that the database has can go on. */
function compatibilityOf(missing: readonly MissingMigration[], version: number): string {
  const oldest = missing.at(-1)?.oldestUserVersion ?? version;
  if (version === 0) return 'Nothing uses the database yet.';
  return oldest <= version
    ? `Gateways of schema version ${oldest} and newer can go on and restart on the result.`
    : `Gateways of a schema version below ${oldest} that run can go on, and cannot start again.`;
}
