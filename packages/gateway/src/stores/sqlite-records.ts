/** Reads the records of a SQLite file from another process than the gateway's. */
import { randomUUID } from 'node:crypto';
import { silentLogger } from '../base/index.ts';
import { toFacts } from './console-rows.ts';
import type { RecordReader } from './record-reader.ts';
import { openForReading } from './sqlite-copy.ts';
import { explainSqlite } from './sqlite-explain.ts';
import { SqliteProgress } from './sqlite-progress.ts';
import { SCHEMA_VERSION } from './sqlite-schema.ts';
import { prepareStatements } from './sqlite-statements.ts';
import { newerSchema, StoreError } from './store-error.ts';
import { createRowReader } from './stored-row.ts';

const LIST = `SELECT * FROM conversations WHERE site_id = ? AND (? IS NULL OR owner_id = ?) AND id > ?
  ORDER BY id LIMIT ?`;

/**
 * Opens a file, whether or not a gateway uses it.
 * @throws {StoreError} `newer-schema`, `older-schema` when no gateway of this version has started on it, or `unavailable`
 */
export function openSqliteRecords(file: string): RecordReader {
  const explained = <Result>(work: () => Result): Promise<Result> =>
    new Promise((resolve) => {
      resolve(explaining(file, work));
    });
  const { database, list, sql } = explaining(file, () => prepare(file));
  const progress = new SqliteProgress(sql, randomUUID);
  const rows = createRowReader(silentLogger);
  return {
    list: ({ siteId, ownerId = null }, { after, limit }) =>
      explained(() => list.all(siteId, ownerId, ownerId, after, limit).map((row) => rows.conversation(row))),
    read: (id) =>
      explained(() => {
        // One moment for the record, its messages and what is saved of an unfinished one.
        database.exec('BEGIN');
        try {
          const row = sql.readConversation.get(id);
          if (row === undefined) return undefined;
          const messages = sql.readMessages.all(id).map((message) => progress.complete(message));
          const runs = sql.readFacts.all(id).flatMap(toFacts);
          return { ...rows.conversation(row), messages: rows.messages(messages), runs };
        } finally {
          database.exec('COMMIT');
        }
      }),
    close: () =>
      explained(() => {
        database.close();
      }),
  };
}

function prepare(file: string) {
  const database = openForReading(file);
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > SCHEMA_VERSION) throw newerSchema(version, SCHEMA_VERSION);
    if (version < SCHEMA_VERSION)
      throw new StoreError(
        'older-schema',
        `it has schema version ${version}, and this version reads ${SCHEMA_VERSION}: start this gateway on it once, or use the rivulet of the gateway that has written it.`,
      );
    return { database, list: database.prepare(LIST), sql: prepareStatements(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

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
