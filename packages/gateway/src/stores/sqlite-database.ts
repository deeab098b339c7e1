/** Opens the SQLite file: permissions, settings, migrations and transactions. Loaded by the worker. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { MIGRATIONS } from './sqlite-schema.ts';
import { takeLock } from './sqlite-owner.ts';
import { newerSchema, StoreError } from './store-error.ts';

/** What a write survives. `power-loss`: it is synced to the disk. `process-death`: it survives kill -9, but not a power cut. */
export type Durability = 'power-loss' | 'process-death';

/** A row as it is read. */
export type Row = Record<string, SQLOutputValue>;

/** One open file. All calls are synchronous and are made in the worker: a commit with a sync takes 0.3 ms or more. */
export interface SqliteDatabase {
  /** Compiles a statement. */
  prepare(sql: string): StatementSync;
  /** Starts a write transaction, whose commit has this durability. */
  begin(durability: Durability): void;
  /**
   * Runs `work` within the transaction. When `work` throws, only what it has written is rolled back.
   * @throws {BrokenTransactionError} when the failure has ended the whole transaction, as a full disk does
   */
  step<Result>(work: () => Result): Result;
  /** Commits the transaction. @throws {Error} when nothing of it was written */
  commit(): void;
  /** Rolls the transaction back, if it has not ended by itself. */
  rollBack(): void;
  /** Makes this connection the owner of the file until it is closed. @throws {StoreError} `owned` when another one is */
  own(): void;
  /**
   * Moves the write-ahead log into the file and empties it, so that it holds no deleted data. While another process reads through the
   * log, as a backup does, it cannot be emptied: this is not waited for, and `mustTruncateLog` is true until a later call succeeds.
   */
  truncateLog(): void;
  /** Whether deleted data is still in the write-ahead log. */
  mustTruncateLog(): boolean;
  /** May be called twice. */
  close(): void;
}

/** A call failed in a way that ended the transaction of its whole group. */
export class BrokenTransactionError extends Error {
  override readonly name = 'BrokenTransactionError';
}

/** Options of `openSqlite`. */
export interface SqliteFileOptions {
  /** Path of the file. A missing folder is created, accessible to this user only. */
  file: string;
  /** How long a write waits for a lock of another process. Default: 2,000. */
  busyTimeoutMs?: number;
}

/** Longer than a backup, or the start of a second process, holds the lock. */
const DEFAULT_BUSY_TIMEOUT_MS = 2_000;
/** In WAL mode, FULL syncs the log at each commit, NORMAL only at a checkpoint. */
const SYNCHRONOUS: Record<Durability, string> = { 'power-loss': 'FULL', 'process-death': 'NORMAL' };

/**
 * Opens or creates the file and applies the migrations.
 * @throws {Error} when it cannot be opened, is not a database or has a newer schema version
 */
export function openSqlite({
  file,
  busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS,
}: SqliteFileOptions): SqliteDatabase {
  createPrivately(file);
  const database = new (loadSqlite().DatabaseSync)(file);
  try {
    configure(database, busyTimeoutMs);
    migrate(database);
    return wrap(database, busyTimeoutMs, () => openLock(file, busyTimeoutMs));
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens a file for reading only that a connection of this process has opened for writing. It sees what is committed, waits for no writer,
 * and no writer waits for it.
 * @throws {Error} when it cannot be opened
 */
export function openSqliteReader({
  file,
  busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS,
}: SqliteFileOptions): SqliteDatabase {
  const database = new (loadSqlite().DatabaseSync)(file, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    return wrap(database, busyTimeoutMs, () => openLock(file, busyTimeoutMs));
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A new folder has mode 0700, a new file 0600: conversations are private. SQLite gives its log the mode of the file. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/**
 * Loads node:sqlite on demand. Node 22 prints an ExperimentalWarning while loading it, which operators cannot act on; all
 * other warnings are passed on. Can be removed with the support of Node 22.
 */
export function loadSqlite(): typeof Sqlite {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (...warning: unknown[]) => {
    if (warning[1] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, warning);
  };
  try {
    // Node before 22.13 has the module behind a flag and returns undefined, which the types do not declare.
    const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
    if (sqlite === undefined)
      throw new StoreError('unsupported-node', 'SQLite needs Node 22.13 or newer. Update Node.');
    return sqlite;
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before);
  }
}

function configure(database: DatabaseSync, busyTimeoutMs: number): void {
  // First, because switching to WAL needs the lock.
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA foreign_keys = ON');
  // Overwrites freed pages with zeros, so that erased messages cannot be recovered from the file.
  database.exec('PRAGMA secure_delete = ON');
}

function migrate(database: DatabaseSync): void {
  // When two processes start at once, the second waits for the lock here and then has nothing to migrate.
  database.exec('BEGIN IMMEDIATE');
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > MIGRATIONS.length) throw newerSchema(version, MIGRATIONS.length);
  for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  database.exec('COMMIT');
}

function openLock(file: string, busyTimeoutMs: number): DatabaseSync {
  const lockFile = `${file}.lock`;
  createPrivately(lockFile);
  const lock = new (loadSqlite().DatabaseSync)(lockFile);
  try {
    // A gateway that is being replaced gets this time to end.
    lock.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    takeLock(lock, file);
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function wrap(
  database: DatabaseSync,
  busyTimeoutMs: number,
  takeOwnership: () => DatabaseSync,
): SqliteDatabase {
  let lock: DatabaseSync | undefined;
  let durability: Durability | undefined;
  let mustTruncate = false;
  let isOpen = true; // Node 22.13 has no DatabaseSync.isOpen
  return {
    prepare: (sql) => database.prepare(sql),
    begin(wanted) {
      if (wanted !== durability) database.exec(`PRAGMA synchronous = ${SYNCHRONOUS[wanted]}`);
      durability = wanted;
      database.exec('BEGIN IMMEDIATE');
    },
    step: createStep(database),
    commit: () => {
      database.exec('COMMIT');
    },
    rollBack: () => {
      rollBack(database);
    },
    own: () => {
      lock ??= takeOwnership();
    },
    truncateLog: () => {
      mustTruncate = true; // also when the next line throws
      mustTruncate = !tryTruncate(database, busyTimeoutMs);
    },
    mustTruncateLog: () => mustTruncate && isOpen,
    close: () => {
      if (isOpen) database.close();
      lock?.close();
      lock = undefined;
      isOpen = false;
    },
  };
}

/** @returns false when a reader has kept the log from being emptied */
function tryTruncate(database: DatabaseSync, busyTimeoutMs: number): boolean {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }
}

function createStep(database: DatabaseSync): SqliteDatabase['step'] {
  const savepoint = database.prepare('SAVEPOINT step');
  const release = database.prepare('RELEASE step');
  return (work) => {
    savepoint.run();
    try {
      const result = work();
      release.run();
      return result;
    } catch (error) {
      rollBackStep(database, error);
      throw error;
    }
  };
}

function rollBackStep(database: DatabaseSync, cause: unknown): void {
  try {
    database.exec('ROLLBACK TO step; RELEASE step');
  } catch {
    const why = cause instanceof Error ? cause.message : 'unknown error';
    throw new BrokenTransactionError(`The transaction was ended by an error: ${why}`, { cause });
  }
}

/** Some failures (a full disk) end the transaction themselves. ROLLBACK then fails, and the first error is the one to report. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw error;
  }
}
