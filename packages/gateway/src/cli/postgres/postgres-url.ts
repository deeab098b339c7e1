/** The Postgres of a command that is for Postgres only. */
import type { Config } from '../config.ts';
import { StartError } from '../start-error.ts';

/** @returns the URL of the database @throws {StartError} when the configuration has another store */
export function postgresUrlOf(
  { store, postgresUrl }: Pick<Config, 'store' | 'postgresUrl'>,
  command: 'migrate' | 'import',
): string {
  if (postgresUrl === undefined)
    throw new StartError(
      `rivulet ${command} is for Postgres: set RIVULET_POSTGRES_URL, or postgresUrl in the configuration file. The tables of other stores are brought up to date when a gateway starts.`,
    );
  if (store !== undefined && store !== 'postgres')
    throw new StartError(
      `rivulet ${command} is for Postgres, and the store of the configuration is ${store}; set store to postgres, or take it out.`,
    );
  return postgresUrl;
}
