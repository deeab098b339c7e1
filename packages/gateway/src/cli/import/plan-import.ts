/** `rivulet import --dry-run`: says what an import would copy, and what stands in its way. It changes nothing. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createDiskFiles } from '../../files/disk-backup.ts';
import { silentLogger } from '../../base/index.ts';
import { inspectPostgres } from '../../stores/postgres-upgrade.ts';
import { countRows, SQLITE_FILE, sqliteOwnerOf } from '../../stores/sqlite-copy.ts';
import { FILES } from '../backup/members.ts';
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { FAILED } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { postgresUrlOf } from '../postgres/postgres-url.ts';
import { StartError } from '../start-error.ts';
import { checkSecrets } from './copy-folder.ts';

/** Looks at both sides. @throws {StartError | StoreError} as the import, when the folder or the database cannot be used */
export async function planImport(config: Config, into: string): Promise<CommandOutput> {
  const { dataFolder: from, secret } = config;
  const connectionString = postgresUrlOf(config, 'import');
  const file = join(from, SQLITE_FILE);
  if (!existsSync(file))
    throw new StartError(
      `There is no database ${file}; name the data folder of the gateway on SQLite with --data or RIVULET_DATA.`,
    );
  await checkSecrets({ from, to: into, secret });
  const found = await interruptible('Nothing was changed.', (signal) =>
    inspectPostgres({ connectionString, signal, logger: silentLogger }),
  );
  const rows = countRows(file);
  const files = (await createDiskFiles(join(from, FILES)).listIds()).length;
  const owner = existsSync(`${file}.lock`) ? sqliteOwnerOf(from) : undefined;
  const { version, importing } = found.state;
  const plan = { from, into, rows, files, owner, version, importing, missing: found.missing.length };
  return {
    text: describe(plan),
    json: { dataFolder: from, into, rows: Object.fromEntries(rows), files, usedBy: owner ?? null, version },
    ...(owner === undefined ? {} : { exitCode: FAILED }),
  };
}

interface Plan {
  from: string;
  into: string;
  rows: ReadonlyMap<string, number>;
  files: number;
  /** The process that uses the folder. */
  owner: string | undefined;
  /** Of the database; 0: it has no tables yet. */
  version: number;
  importing: string | undefined;
  /** How many migrations the import would apply first. */
  missing: number;
}

function describe({ from, into, rows, files, owner, version, importing, missing }: Plan): string {
  const isSame = resolve(from) === resolve(into);
  return [
    `rivulet import would copy from ${from}:`,
    ...[...rows].map(([name, count]) => `  ${name}: ${count} rows`),
    isSame ? `  files: ${files}, which stay in ${from}` : `  files: ${files}, into ${into}`,
    version === 0 ? 'The database has no tables yet.' : `The database has schema version ${version}.`,
    ...(missing === 0 ? [] : [`Migrations that are applied first: ${missing}.`]),
    ...(importing === undefined
      ? []
      : [`An import of ${importing} is not complete; this one would go on with it.`]),
    ...(owner === undefined ? [] : [`A gateway uses the folder: ${owner}. Stop it before the import.`]),
    'Nothing was changed.',
    '',
  ].join('\n');
}
