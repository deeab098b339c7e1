/** Opens the SQLite file: its folder and permissions, its settings, its migrations, its transactions. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ChatError } from '@rivulet/protocol';
import { MIGRATIONS } from './sqlite-schema.ts';

/** `power-loss`: synced to the disk before it resolves. `process-death`: outlives kill -9, not the loss of power. */
export type Durability = 'power-loss' | 'process-death';

/** One open file. Everything is synchronous: a write is 0.3 ms with the sync, a read less. */
export interface SqliteDatabase {
  prepare(sql: string): StatementSync;
  /** All of `work` or nothing. */
  write<Result>(durability: Durability, work: () => Result): Result;
  /** Moves the log into the file and empties it, so that what was deleted is not left there. */
  truncateLog(): void;
  /** May be called twice. */
  close(): void;
}

export interface SqliteFileOptions {
  /** Its folder is created when missing, readable by this user only. */
  file: string;
  /** How long a write waits for another process that has the file; it blocks the loop meanwhile. Default: 2,000. */
  busyTimeoutMs?: number;
}

/** A backup or a second process at its start holds the file for less. */
const DEFAULT_BUSY_TIMEOUT_MS = 2_000;
/** In WAL mode FULL syncs the log at each commit, NORMAL only when it is moved into the file. */
const SYNCHRONOUS: Record<Durability, string> = { 'power-loss': 'FULL', 'process-death': 'NORMAL' };

/** @throws {ChatError} internal, naming the file, when it cannot be opened, is no database or is of a newer version. */
export function openSqlite({
  file,
  busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS,
}: SqliteFileOptions): SqliteDatabase {
  let database: DatabaseSync | undefined;
  try {
    createPrivately(file);
    database = new (loadSqlite().DatabaseSync)(file);
    configure(database, busyTimeoutMs);
    migrate(database);
    return wrap(database);
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : 'unknown error';
    throw new ChatError('internal', {
      message: `The database file ${file} cannot be opened: ${why}`,
      cause: error,
    });
  }
}

/** Conversations are nobody else's business: folder 0700 and file 0600 when new. SQLite gives its log the file's mode. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/**
 * Loads node:sqlite when it is needed. Node 22 prints an ExperimentalWarning while loading it, which tells the operator
 * nothing that they could act on; every other warning passes. Can go when Node 22 does.
 */
function loadSqlite(): typeof Sqlite {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (...warning: unknown[]) => {
    if (warning[1] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, warning);
  };
  try {
    // Node before 22.13 has the module behind a flag and answers undefined, which the types do not say.
    const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
    if (sqlite === undefined) throw new Error('it needs Node 22.13 or newer');
    return sqlite;
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before);
  }
}

function configure(database: DatabaseSync, busyTimeoutMs: number): void {
  // Before anything else: switching to WAL already needs the lock.
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA foreign_keys = ON');
  // Erased means gone: freed pages are overwritten with zeros.
  database.exec('PRAGMA secure_delete = ON');
}

function migrate(database: DatabaseSync): void {
  // Two processes that start at once: the second waits for the lock here and then finds nothing to do.
  database.exec('BEGIN IMMEDIATE');
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > MIGRATIONS.length)
    throw new Error(`it is of schema version ${version}, this gateway knows ${MIGRATIONS.length}; update it`);
  for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  database.exec('COMMIT');
}

function wrap(database: DatabaseSync): SqliteDatabase {
  let durability: Durability | undefined;
  let isOpen = true; // the database's own word for it is not there in Node 22.13
  return {
    prepare: (sql) => database.prepare(sql),
    write(wanted, work) {
      if (wanted !== durability) database.exec(`PRAGMA synchronous = ${SYNCHRONOUS[wanted]}`);
      durability = wanted;
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
    truncateLog: () => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    close: () => {
      if (isOpen) database.close();
      isOpen = false;
    },
  };
}

/** Some failures (a full disk) have ended the transaction already; then ROLLBACK is refused, and the first error is the one that matters. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
  }
}
