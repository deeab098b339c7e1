/** Says for which stores `rivulet backup` and `rivulet restore` are, and what to use for the others. */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { BackupError } from './backup-error.ts';
import { FILES } from './members.ts';

/** The URL holds a password, so it is named and not shown. */
const URL = '"$RIVULET_POSTGRES_URL"';

/** What to use instead, with Postgres. */
const POSTGRES = {
  backup: (folder: string) =>
    `pg_dump --format=custom --table='rivulet_*' --file=rivulet.dump ${URL}, and afterwards tar -czf rivulet-files.tar.gz -C ${folder} ${FILES}`,
  restore: (folder: string) =>
    `tar -xzf rivulet-files.tar.gz -C ${folder}, and pg_restore --exit-on-error --single-transaction --no-owner --dbname=${URL} rivulet.dump into an empty database`,
};

/** @throws {BackupError} unless the store is SQLite */
export function checkStore(
  { store, postgresUrl, dataFolder }: Pick<Config, 'store' | 'postgresUrl' | 'dataFolder'>,
  command: 'backup' | 'restore',
): void {
  if (store === 'memory')
    throw new BackupError(
      'the store is memory, which keeps nothing; set store to sqlite, or take it out of the configuration.',
    );
  if (postgresUrl === undefined || store === 'sqlite') return;
  throw new BackupError(
    `the conversations are in Postgres, whose own tools do this: ${POSTGRES[command](join(dataFolder, '.'))}; see docs/backup.md.`,
  );
}
