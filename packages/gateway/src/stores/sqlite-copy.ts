/** Copies the file of a SQLite store while a gateway writes it, from another process, and reads what the copy holds. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { IMPORTED_TABLES } from './import-tables.ts';
import { loadSqlite } from './sqlite-database.ts';
import { explainSqlite } from './sqlite-explain.ts';
import { findOwner } from './sqlite-owner.ts';
import { SCHEMA_VERSION } from './sqlite-schema.ts';
import { newerSchema, StoreError } from './store-error.ts';

/** The name of the database in a data folder. */
export const SQLITE_FILE = 'rivulet.sqlite';

/** The conversation of a file, and its owner. */
export interface FileReference {
  conversationId: string;
  siteId: string;
  ownerId: string;
}

/** A copy that was opened for reading. */
export interface SqliteCopy {
  schemaVersion: number;
  conversations: number;
  messages: number;
  /** Where each file that a message names belongs, by the file's id. One entry a file. */
  fileReferences(): Map<string, FileReference>;
  hasConversation(id: string): boolean;
  /** May be called once. */
  close(): void;
}

/** How long a copy waits while the gateway opens or recovers the file. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Writes a consistent copy of `file` to `to`, which does not exist: all transactions that were committed when the call began, and
 * none in part. The gateway goes on writing: the copy is read in one transaction of the write-ahead log. It holds no deleted rows.
 * Blocks the thread until the copy is complete.
 * @throws {StoreError} `unavailable`, naming the file, when it cannot be read or the copy cannot be written
 */
export function copySqlite(file: string, to: string): void {
  explaining(file, () => {
    const source = openForReading(file);
    try {
      source.prepare('VACUUM INTO ?').run(to);
    } finally {
      source.close();
    }
  });
}

/**
 * Opens a copy, which nobody writes, and checks it as a whole.
 * @throws {StoreError} `newer-schema` when this gateway cannot use it, `unavailable` when it is damaged
 */
export function openSqliteCopy(file: string): SqliteCopy {
  return explaining(file, () => {
    const database = openForReading(file);
    try {
      return readCopy(database);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Describes the process that uses the database of this data folder; undefined when none does. */
export function sqliteOwnerOf(dataFolder: string): string | undefined {
  const lock = new (loadSqlite().DatabaseSync)(join(dataFolder, `${SQLITE_FILE}.lock`));
  try {
    return findOwner(lock);
  } finally {
    lock.close();
  }
}

/**
 * Counts the rows of the tables that an import copies, while a gateway may write them; a table of a newer schema version counts as empty.
 * @throws {StoreError} as `copySqlite`
 */
export function countRows(file: string): Map<string, number> {
  return explaining(file, () => {
    const database = openForReading(file);
    try {
      const known = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      const names = new Set(known.map(({ name }) => name));
      return new Map(
        IMPORTED_TABLES.filter(({ isShared }) => isShared !== true).map(({ name }) => [
          name,
          names.has(name) ? Number(database.prepare(`SELECT count(*) AS rows FROM ${name}`).get()?.rows) : 0,
        ]),
      );
    } finally {
      database.close();
    }
  });
}

/** Opens a file that another process may write. */
export function openForReading(file: string): DatabaseSync {
  const database = new (loadSqlite().DatabaseSync)(file, { readOnly: true });
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return database;
}

function readCopy(database: DatabaseSync): SqliteCopy {
  const read = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0];
  const schemaVersion = Number(read('PRAGMA user_version'));
  if (schemaVersion > SCHEMA_VERSION) throw newerSchema(schemaVersion, SCHEMA_VERSION);
  const damage = read('PRAGMA quick_check(1)');
  if (damage !== 'ok') throw new Error(`malformed: ${String(damage)}`);
  const conversation = database.prepare('SELECT 1 FROM conversations WHERE id = ?');
  return {
    schemaVersion,
    conversations: Number(read('SELECT count(*) FROM conversations')),
    messages: Number(read('SELECT count(*) FROM messages')),
    fileReferences: () => {
      const rows = database.prepare(FILE_REFERENCES).iterate();
      return new Map(Array.from(rows, (row) => [String(row.file_id), toReference(row)]));
    },
    hasConversation: (id) => conversation.get(id) !== undefined,
    close: () => {
      database.close();
    },
  };
}

const toReference = (row: Readonly<Record<string, unknown>>): FileReference => ({
  conversationId: String(row.id),
  siteId: String(row.site_id),
  ownerId: String(row.owner_id),
});

/** A body that is damaged is no JSON; it names no files. */
const FILE_REFERENCES = `SELECT json_extract(part.value, '$.fileId') AS file_id, c.id, c.site_id, c.owner_id
  FROM messages m JOIN conversations c ON c.id = m.conversation_id,
    json_each(CASE WHEN json_valid(m.body) THEN m.body ELSE '{}' END, '$.parts') part
  WHERE part.type = 'object' AND json_extract(part.value, '$.type') = 'file' AND file_id IS NOT NULL`;

/** Errors of SQLite become sentences that name the file. */
function explaining<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = error instanceof StoreError ? error.code : 'unavailable';
    const problem = error instanceof StoreError ? error.message : explainSqlite(error);
    throw new StoreError(code, `The database file ${file} cannot be read: ${problem}`, error);
  }
}
