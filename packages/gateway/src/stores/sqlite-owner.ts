/**
 * The lock by which one process is the only user of a SQLite store: an open transaction on a small database beside the file. The
 * operating system releases it when the process ends, however it ends. Loaded by the worker.
 */
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError, ownedMessage } from './store-error.ts';

/** Describes this process to another one that is refused. */
const describeProcess = (): string =>
  `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`;

/**
 * Takes the lock and writes who holds it. The lock is held until `lock` is closed.
 * @throws {StoreError} `owned`, naming the owner, when another connection holds the lock
 */
export function takeLock(lock: DatabaseSync, file: string): void {
  begin(lock, file);
  lock.exec('CREATE TABLE IF NOT EXISTS owner (description TEXT NOT NULL) STRICT; DELETE FROM owner');
  lock.prepare('INSERT INTO owner VALUES (?)').run(describeProcess());
  // Committed, because others cannot read it otherwise; then the lock is taken again, and nothing more is written.
  lock.exec('COMMIT');
  begin(lock, file);
}

/** Who holds the lock; undefined when nobody does. @param lock a connection without a busy timeout */
export function findOwner(lock: DatabaseSync): string | undefined {
  try {
    lock.exec('BEGIN IMMEDIATE; ROLLBACK');
    return undefined;
  } catch (error) {
    if (!isLocked(error)) throw error;
    return readOwner(lock);
  }
}

const isLocked = (error: unknown): boolean => error instanceof Error && error.message.includes('locked');

function begin(lock: DatabaseSync, file: string): void {
  try {
    lock.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (!isLocked(error)) throw error;
    throw new StoreError('owned', ownedMessage(`The database file ${file}`, readOwner(lock)));
  }
}

function readOwner(lock: DatabaseSync): string {
  try {
    return String(lock.prepare('SELECT description FROM owner').get()?.description ?? 'it is starting');
  } catch {
    return 'it is starting'; // it has not written who it is yet
  }
}
