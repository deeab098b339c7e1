/** `rivulet import`: copies what a data folder holds into a Postgres database. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../base/index.ts';
import { IMPORTED_TABLES } from '../../stores/import-tables.ts';
import {
  openPostgresImport,
  type ImportBeginning,
  type PostgresImport,
} from '../../stores/postgres-import.ts';
import { migratePostgres } from '../../stores/postgres-upgrade.ts';
import { SQLITE_FILE } from '../../stores/sqlite-copy.ts';
import { openSqliteExport, type SqliteExport } from '../../stores/sqlite-export.ts';
import type { Config } from '../config.ts';
import { prepareDataFolder } from '../data-folder.ts';
import { postgresUrlOf } from '../postgres/postgres-url.ts';
import { StartError } from '../start-error.ts';
import { checkSecrets, copyFolder } from './copy-folder.ts';

/** What `importFolder` needs. */
export interface ImportOptions {
  /** Its data folder is read, and its Postgres is filled. */
  config: Pick<Config, 'store' | 'dataFolder' | 'postgresUrl' | 'secret'>;
  /** The data folder of the gateways on Postgres. */
  into: string;
  /** Ends the work between two batches. The next call goes on where it was. */
  signal: AbortSignal;
  /** Prints a line while the work is done, without the end of the line. */
  report: (line: string) => void;
}

/** What was imported. */
export interface Imported {
  /** The rows of each table, by its name in SQLite. */
  rows: ReadonlyMap<string, number>;
  /** Messages that are damaged, and were left out. */
  unreadable: number;
  files: number;
  /** How many of the files were copied into another folder. */
  copied: number;
}

/**
 * Copies a data folder, or what is left of it. Until the end no gateway starts on the database, and none on the folder while this runs.
 * @throws {StartError | StoreError | ChatError} when the folder or the database cannot be used, with what to do
 */
export async function importFolder(options: ImportOptions): Promise<Imported> {
  const { config, into, signal, report } = options;
  const { dataFolder: from, secret } = config;
  const connectionString = postgresUrlOf(config, 'import');
  const file = join(from, SQLITE_FILE);
  if (!existsSync(file))
    throw new StartError(
      `There is no database ${file}; name the data folder of the gateway on SQLite with --data or RIVULET_DATA.`,
    );
  prepareDataFolder(from);
  await checkSecrets({ from, to: into, secret });
  const source = openSqliteExport(file);
  try {
    await migratePostgres({ connectionString, signal, logger: silentLogger });
    const target = await openPostgresImport(connectionString);
    try {
      await copyTables(source, target, options);
      const copied = await copyFolder({ from, to: into, signal });
      await compare(source, target);
      await target.finish();
      const rows = new Map([...source.totals].map(([name, [count = 0]]) => [name, count]));
      report('Compared: the database has what the folder holds');
      return { rows, unreadable: source.unreadable, ...copied };
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

const BEGINNINGS: Record<ImportBeginning['kind'], (folder: string) => string> = {
  new: (folder) => `Importing ${folder}`,
  continued: (folder) => `Going on with the import of ${folder}`,
  again: (folder) =>
    `The data folder has changed since a part of it was imported, or it is another one: importing ${folder} from the beginning`,
};

/** A line after so many rows of a table. */
const REPORT_ROWS = 100_000;

async function copyTables(
  source: SqliteExport,
  target: PostgresImport,
  { config, signal, report }: ImportOptions,
): Promise<void> {
  const folder = config.dataFolder;
  const { progress, kind } = await target.begin({ folder, fingerprint: source.fingerprint });
  report(BEGINNINGS[kind](folder));
  let { after } = progress;
  for (const [index, table] of IMPORTED_TABLES.entries()) {
    if (index < progress.table) continue;
    let copied = 0;
    for (;;) {
      signal.throwIfAborted();
      const { rows, end } = source.read(table, after);
      if (end === undefined) break;
      await target.write(table, rows, { table: index, after: end });
      after = end;
      if (Math.floor(copied / REPORT_ROWS) < Math.floor((copied + rows.length) / REPORT_ROWS))
        report(`${table.name}: ${copied + rows.length} rows`);
      copied += rows.length;
    }
    after = undefined;
    report(`${table.name}: complete`);
  }
}

/** @throws {StartError} naming the first table that differs */
async function compare(source: SqliteExport, target: PostgresImport): Promise<void> {
  for (const table of IMPORTED_TABLES) {
    if (table.isShared === true) continue;
    const [expected, found] = [source.totals.get(table.name) ?? [], await target.totals(table)];
    if (expected.join() !== found.join())
      throw new StartError(
        `The table ${table.name} has ${found.join(', ')} in Postgres and ${expected.join(', ')} in the data folder (rows and sums). The import is not complete: no gateway starts on the database. Empty it (DROP the tables rivulet_*) and import again.`,
      );
  }
}
