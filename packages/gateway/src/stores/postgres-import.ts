/** A Postgres database that is filled with what a SQLite store holds. An import that was cut off is continued. */
import type * as pg from 'pg';
import * as v from 'valibot';
import { requireOptional } from '../base/index.ts';
import {
  IMPORTED_TABLES,
  readTotals,
  totalsOf,
  type ImportedRow,
  type ImportedTable,
  type TableTotals,
} from './import-tables.ts';
import { isServerError, markConnectionErrors } from './postgres-errors.ts';
import { explainPostgres } from './postgres-explain.ts';
import { createPostgresOwner } from './postgres-owner.ts';
import { readSchemaState } from './postgres-schema-row.ts';
import { readTarget } from './postgres-target.ts';
import type { Position } from './sqlite-export.ts';
import { StoreError } from './store-error.ts';

/** What is imported. */
export interface ImportSource {
  /** The data folder, for people. */
  folder: string;
  /** Tells whether its content is still the one of which a part was imported. */
  fingerprint: string;
}

/** How far an import has come. */
export interface ImportProgress {
  /** The index of the table in `IMPORTED_TABLES`; its length: all were copied. */
  table: number;
  /** Where the last batch of this table ended. Undefined: at its beginning. */
  after: Position | undefined;
}

/** The beginning of an import. */
export interface ImportBeginning {
  progress: ImportProgress;
  /** `again`: a part of something else was in the database, and was removed. */
  kind: 'new' | 'continued' | 'again';
}

/** A database into which one process imports. */
export interface PostgresImport {
  /**
   * Marks the database, so that no gateway starts on it until `finish`. Continues an import of the same content.
   * @throws {StoreError} `import-refused` when the database is in use or holds something else
   */
  begin(source: ImportSource): Promise<ImportBeginning>;
  /** Adds rows and records how far the import has come, in one transaction. */
  write(table: ImportedTable, rows: readonly ImportedRow[], progress: ImportProgress): Promise<void>;
  /** What a table has now. */
  totals(table: ImportedTable): Promise<TableTotals>;
  /** Makes the database usable for gateways. Everything is on the server's disk when it resolves. */
  finish(): Promise<void>;
  /** Releases the connections. May be called twice. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects to a database that has the tables of this gateway, and becomes its owner.
 * @throws {StoreError} `invalid-url`, or `unavailable` with what to do
 * @throws {ChatError} `conflict` when a gateway or another import owns the database
 */
export async function openPostgresImport(connectionString: string): Promise<PostgresImport> {
  const target = readTarget(connectionString);
  const { Client } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const createClient = (application_name: string) =>
    new Client({
      connectionString: target.connectionString,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name,
    });
  const explained = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw explainPostgres(error, target);
    }
  };
  const owner = createPostgresOwner(createClient);
  const client = createClient('rivulet import');
  client.on('error', () => undefined); // the query in flight rejects
  const close = async () => {
    await client.end().catch(() => undefined);
    await owner.release();
  };
  try {
    await explained(() => owner.hold());
    await explained(() => markConnectionErrors(client.connect()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    begin: (source) => explained(() => begin(client, source)),
    write: (table, rows, progress) => explained(() => write(client, table, { rows, progress })),
    totals: (table) => explained(() => readTableTotals(client, table)),
    finish: () => explained(() => finish(client)),
    close,
  };
}

const nameOf = ({ name }: Pick<ImportedTable, 'name'>): string => `rivulet_${name}`;
const ALL = IMPORTED_TABLES.map(nameOf).join(', ');
const COUNTED = IMPORTED_TABLES.filter(({ isShared }) => isShared !== true);

const query = async (client: pg.Client, sql: string, values: unknown[] = []): Promise<readonly object[]> =>
  (await markConnectionErrors(client.query<object>(sql, values))).rows;

async function transaction(client: pg.Client, begin: string, work: () => Promise<void>): Promise<void> {
  await query(client, begin);
  try {
    await work();
    await query(client, 'COMMIT');
  } catch (error) {
    if (isServerError(error)) await query(client, 'ROLLBACK');
    throw error;
  }
}

const ImportRowSchema = v.object({
  folder: v.string(),
  fingerprint: v.string(),
  table_index: v.number(),
  after_json: v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.union([v.string(), v.number()])))),
});

async function begin(client: pg.Client, source: ImportSource): Promise<ImportBeginning> {
  await refuseGateways(client);
  const start: ImportProgress = { table: 0, after: undefined };
  if ((await readSchemaState(client)).importing === undefined) {
    await refuseContent(client);
    await mark(client, source, '');
    return { progress: start, kind: 'new' };
  }
  const [row] = await query(
    client,
    'SELECT folder, fingerprint, table_index, after_json FROM rivulet_import',
  );
  const { fingerprint, table_index: table, after_json: after } = v.parse(ImportRowSchema, row);
  if (fingerprint === source.fingerprint)
    return { progress: { table, after: after ?? undefined }, kind: 'continued' };
  // No gateway has started on a part of an import, so that only an import has written it.
  await mark(client, source, `TRUNCATE ${ALL}`);
  return { progress: start, kind: 'again' };
}

/** A gateway without Redis owns the database; those with Redis share it, and have connections. */
async function refuseGateways(client: pg.Client): Promise<void> {
  const connected = await query(
    client,
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rivulet'",
  );
  if (connected.length > 0)
    throw refused(
      `${connected.length} connections of gateways use it. Stop every gateway that uses it first`,
    );
}

async function refuseContent(client: pg.Client): Promise<void> {
  for (const table of COUNTED) {
    const found = await query(client, `SELECT FROM ${nameOf(table)} LIMIT 1`);
    if (found.length > 0)
      throw refused(
        `its table ${nameOf(table)} is not empty, and an import does not merge. Create another database, and name it in RIVULET_POSTGRES_URL`,
      );
  }
}

const refused = (why: string): StoreError =>
  new StoreError('import-refused', `The Postgres database cannot take an import: ${why}.`);

async function mark(client: pg.Client, { folder, fingerprint }: ImportSource, first: string): Promise<void> {
  await transaction(client, 'BEGIN', async () => {
    if (first !== '') await query(client, first);
    await query(
      client,
      `CREATE TABLE IF NOT EXISTS rivulet_import
        (folder text NOT NULL, fingerprint text NOT NULL, table_index integer NOT NULL, after_json text)`,
    );
    await query(client, 'DELETE FROM rivulet_import');
    await query(client, 'INSERT INTO rivulet_import VALUES ($1, $2, 0, NULL)', [folder, fingerprint]);
    await query(client, 'UPDATE rivulet_schema SET importing = $1', [folder]);
  });
}

/** A crash of the server may lose batches, with the record of them. */
const BEGIN_BATCH = 'BEGIN; SET LOCAL synchronous_commit = off';

async function write(
  client: pg.Client,
  table: ImportedTable,
  { rows, progress }: { rows: readonly ImportedRow[]; progress: ImportProgress },
): Promise<void> {
  const columns = Object.entries(table.columns);
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  const values = columns.map(([name]) => rows.map((row) => toPostgres(row[name] ?? null)));
  const shared = table.isShared === true ? 'ON CONFLICT DO NOTHING' : '';
  const insert = `INSERT INTO ${nameOf(table)} (${names}) SELECT * FROM unnest(${arrays}) ${shared}`;
  const after = progress.after === undefined ? null : JSON.stringify(progress.after);
  await transaction(client, BEGIN_BATCH, async () => {
    await query(client, insert, values);
    await query(client, 'UPDATE rivulet_import SET table_index = $1, after_json = $2', [
      progress.table,
      after,
    ]);
  });
}

/** Postgres has no NUL in texts. Only damaged rows have one. */
const toPostgres = (value: string | number | null): string | number | null =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;

async function readTableTotals(client: pg.Client, table: ImportedTable): Promise<TableTotals> {
  const [row = {}] = await query(client, `SELECT ${totalsOf(table)} FROM ${nameOf(table)}`);
  return readTotals(row as Record<string, unknown>); // a row of the statement
}

async function finish(client: pg.Client): Promise<void> {
  await query(client, `ANALYZE ${ALL}`);
  await transaction(client, 'BEGIN; SET LOCAL synchronous_commit = on', async () => {
    await query(client, 'UPDATE rivulet_schema SET importing = NULL');
    await query(client, 'DROP TABLE rivulet_import');
  });
}
