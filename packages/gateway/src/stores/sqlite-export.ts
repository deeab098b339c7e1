/** Reads everything that a SQLite store holds, in batches, while no gateway uses it. */
import { createHash, randomUUID } from 'node:crypto';
import {
  IMPORTED_TABLES,
  readTotals,
  totalsOf,
  type ImportedRow,
  type ImportedTable,
  type TableTotals,
} from './import-tables.ts';
import { openSqlite, type SqliteDatabase } from './sqlite-database.ts';
import { explainSqlite } from './sqlite-explain.ts';
import { SqliteProgress } from './sqlite-progress.ts';
import { prepareStatements } from './sqlite-statements.ts';
import { StoreError } from './store-error.ts';

/** Where a batch ended: the values of the key of its last row. */
export type Position = readonly (string | number)[];

/** Rows in the order of the key. */
export interface Batch {
  rows: readonly ImportedRow[];
  /** The end of the batch; undefined when there are no further rows. */
  end: Position | undefined;
}

/** A SQLite store that nobody else uses until it is closed. */
export interface SqliteExport {
  /** Changes whenever the content does. */
  fingerprint: string;
  /** What each table has that is copied, by its name. */
  totals: ReadonlyMap<string, TableTotals>;
  /** The messages and saves that cannot be read, and are not copied. */
  unreadable: number;
  /** The next rows of a table. @param after undefined: from the beginning */
  read(table: ImportedTable, after: Position | undefined): Batch;
  /** Releases the lock of the owner. May be called twice. */
  close(): void;
}

/** Bounds of a batch: few round trips, and little memory also for large messages. */
const MAX_BATCH_ROWS = 1_000;
const MAX_BATCH_CHARS = 1024 * 1024;

/**
 * Becomes the owner of the database file and brings it to the version of this gateway, as a start does.
 * @throws {StoreError} `owned` when a gateway uses it; `newer-schema`, or `unavailable` when it cannot be read
 */
export function openSqliteExport(file: string): SqliteExport {
  const explained = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error) || (error instanceof StoreError && error.code === 'owned')) throw error;
      const code = error instanceof StoreError ? error.code : 'unavailable';
      const problem = error instanceof StoreError ? error.message : explainSqlite(error);
      throw new StoreError(code, `The database file ${file} cannot be read: ${problem}`, error);
    }
  };
  return explained(() => {
    const database = openSqlite({ file });
    try {
      database.own();
      collectSaves(database);
      return {
        ...summarise(database),
        read: (table, after) => explained(() => readBatch(database, table, after)),
        close: () => {
          database.close();
        },
      };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Gives each unfinished answer the rows that it has gained, which are in rows of several answers. */
function collectSaves(database: SqliteDatabase): void {
  const progress = new SqliteProgress(prepareStatements(database), randomUUID);
  database.begin('power-loss');
  progress.sortByAnswer();
  database.commit();
}

/** Times that change with whatever a gateway writes. */
const TIMES: Readonly<Record<string, string>> = {
  conversations: 'total(updated_ms), total(held_ms), max(updated_ms), total(desk_revision)',
  messages: "max(created_ms), sum(run_state = 'finished')",
  spent: 'total(cost_pico)',
  revocations: 'total(at_ms), total(until_ms)',
  site_switches: 'total(at_ms)',
};

function summarise(database: SqliteDatabase): Pick<SqliteExport, 'fingerprint' | 'totals' | 'unreadable'> {
  const totals = new Map<string, TableTotals>();
  const hash = createHash('sha256');
  let unreadable = 0;
  for (const table of IMPORTED_TABLES) {
    const { name, where = 'true' } = table;
    const read = (columns: string, condition: string) =>
      database.prepare(`SELECT ${columns} FROM ${name} WHERE ${condition}`).get() ?? {};
    const row = read([totalsOf(table), TIMES[name] ?? 'NULL'].join(', '), where);
    totals.set(name, readTotals(row));
    if (table.isShared !== true) hash.update(JSON.stringify([name, Object.values(row)]));
    if (table.where !== undefined) unreadable += Number(read('count(*) AS rows', `NOT ${where}`).rows);
  }
  return { fingerprint: hash.digest('hex'), totals, unreadable };
}

function readBatch(database: SqliteDatabase, table: ImportedTable, after: Position | undefined): Batch {
  const { name, key, columns, where = 'true' } = table;
  const selected = [...new Set([...key, ...Object.keys(columns)])].join(', ');
  const marks = key.map(() => '?').join(', ');
  const further = after === undefined ? '' : `AND (${key.join(', ')}) > (${marks})`;
  const statement = database.prepare(
    `SELECT ${selected} FROM ${name} WHERE ${where} ${further} ORDER BY ${key.join(', ')} LIMIT ${MAX_BATCH_ROWS}`,
  );
  const rows: ImportedRow[] = [];
  let chars = 0;
  for (const row of statement.iterate(...(after ?? []))) {
    const values = row as ImportedRow; // the tables are STRICT and have no blobs
    rows.push(values);
    for (const value of Object.values(values)) if (typeof value === 'string') chars += value.length;
    if (chars >= MAX_BATCH_CHARS) break;
  }
  const last = rows.at(-1);
  return { rows, end: last && key.map((column) => last[column] ?? '') };
}
