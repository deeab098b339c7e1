/**
 * Brings the tables of a Postgres database to the version of this gateway, whatever their size.
 *
 * Migrations run on connections of their own, without the timeout of queries: on a large table one may take hours. A gateway
 * that finds another one migrating asks again in intervals. It does not wait inside a statement, because CREATE INDEX
 * CONCURRENTLY waits for every statement that is running: the two would wait for each other.
 */
import type * as pg from 'pg';
import { abortable, type Clock, type Logger } from '../base/index.ts';
import { isServerError, markConnectionErrors } from './postgres-errors.ts';
import { MIGRATIONS, type IndexMigration } from './postgres-schema.ts';
import { StoreError } from './store-error.ts';

/** Options of `createMigrator`. */
export interface MigrateOptions {
  /** Creates a client that has no query timeout. It is connected and ended here. */
  createClient: () => pg.Client;
  /** How long a migration waits for the lock of a table before it tries again. */
  lockTimeoutMs: number;
  /** Ends the work: the connections are closed, and the server rolls back. */
  signal: AbortSignal;
  clock: Clock;
  logger: Logger;
}

/** How often a gateway looks whether another one has finished, and the pause before a migration is tried again. */
const RETRY_MS = 250;
/** With the default lock timeout, about a minute. Later calls of the store begin anew. */
const MAX_ATTEMPTS = 20;
/** The advisory lock of migrations: an arbitrary number that other programs on the same database do not use. */
const MIGRATION_LOCK = '7238411986531';
/** Codes of Postgres for a lock that was not available in time, and for a deadlock. */
const LOCK_ERRORS = ['55P03', '40P01'];

/** Returns a function that migrates at its first call. Later calls share the result, or try again when it has failed. */
export function createMigrator(options: MigrateOptions): () => Promise<void> {
  let migrated: Promise<void> | undefined;
  return () =>
    (migrated ??= migrate(options).catch((error: unknown) => {
      migrated = undefined;
      throw error;
    }));
}

/**
 * Applies the migrations that the database lacks. Several gateways may start at once: one of them migrates.
 * @throws {StoreError} `newer-schema`, or `migration-blocked` when other transactions held the tables all the time
 */
async function migrate(options: MigrateOptions): Promise<void> {
  const { logger, signal } = options;
  let hasReported = false;
  await withClient(options, async (client) => {
    while ((await readVersion(client)) < MIGRATIONS.length) {
      if (await underLock(options, () => applyMissing(options, client))) continue;
      if (!hasReported)
        logger.warn({}, 'another gateway is migrating the database; waiting until it has finished');
      hasReported = true;
      await pause(options);
    }
  });
  signal.throwIfAborted();
}

async function withClient<Result>(
  { createClient, signal }: MigrateOptions,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const client = createClient();
  client.on('error', () => undefined); // the query in flight rejects
  const end = () => client.end().catch(() => undefined);
  const abort = () => {
    void end();
  };
  signal.addEventListener('abort', abort);
  try {
    await markConnectionErrors(client.connect());
    return await work(client);
  } finally {
    signal.removeEventListener('abort', abort);
    await end();
  }
}

const run = <Row extends object>(client: pg.Client, sql: string) =>
  markConnectionErrors(client.query<Row>(sql));

/** The version of the tables; 0 for an empty database. @throws {StoreError} `newer-schema` */
async function readVersion(client: pg.Client): Promise<number> {
  const found = await run<{ has_table: boolean }>(
    client,
    "SELECT to_regclass('rivulet_schema') IS NOT NULL AS has_table",
  );
  if (found.rows[0]?.has_table !== true) return 0;
  const { rows } = await run<{ version: number }>(client, 'SELECT version FROM rivulet_schema');
  const version = rows[0]?.version ?? 0;
  if (version > MIGRATIONS.length)
    throw new StoreError(
      'newer-schema',
      `The database has schema version ${version}, and this gateway supports up to ${MIGRATIONS.length}. Update the gateway.`,
    );
  return version;
}

/**
 * Calls `work` while this gateway is the only one that migrates. The lock belongs to a transaction, so that it also works
 * through a connection pooler, and to a second connection, because an index cannot be built within a transaction. The open
 * transaction has no snapshot, so that building an index does not wait for it.
 * @returns false when another gateway has the lock
 */
async function underLock(options: MigrateOptions, work: () => Promise<void>): Promise<boolean> {
  return withClient(options, async (client) => {
    await run(client, 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
    const { rows } = await run<{ is_taken: boolean }>(
      client,
      `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS is_taken`,
    );
    const isTaken = rows[0]?.is_taken === true;
    if (isTaken) await work();
    await run(client, 'ROLLBACK');
    return isTaken;
  });
}

async function applyMissing(options: MigrateOptions, client: pg.Client): Promise<void> {
  const { logger } = options;
  await run(client, 'CREATE TABLE IF NOT EXISTS rivulet_schema (version integer NOT NULL)');
  // Read again under the lock: the gateway that had it may have migrated meanwhile.
  for (let version = await readVersion(client); version < MIGRATIONS.length; version += 1) {
    const [migration, next] = [MIGRATIONS[version], version + 1];
    if (migration === undefined) return;
    logger.info({ version: next }, 'migrating the database');
    if (typeof migration === 'string')
      await retryWhileLocked(options, next, () =>
        inTransaction(options, client, [migration, setVersion(next)]),
      );
    else {
      await retryWhileLocked(options, next, () => createIndex(client, migration));
      await inTransaction(options, client, [setVersion(next)]);
    }
  }
}

const setVersion = (version: number) =>
  `DELETE FROM rivulet_schema; INSERT INTO rivulet_schema VALUES (${version})`;

/**
 * Waits for the lock of a table only for a short time: every query of the table that comes later queues behind the waiting
 * migration.
 */
async function inTransaction(
  { lockTimeoutMs }: MigrateOptions,
  client: pg.Client,
  statements: readonly string[],
): Promise<void> {
  await run(
    client,
    `BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${lockTimeoutMs}`,
  );
  try {
    for (const sql of statements) await run(client, sql);
    await run(client, 'COMMIT');
  } catch (error) {
    if (isServerError(error)) await run(client, 'ROLLBACK');
    throw error;
  }
}

/**
 * Builds an index while the table is written. A build that failed or was cut off leaves an invalid index, which is dropped. The
 * build waits for all older transactions, without a limit, because nobody waits for the build.
 */
async function createIndex(client: pg.Client, { index, on }: IndexMigration): Promise<void> {
  await run(client, 'SET statement_timeout = 0');
  await run(client, 'SET lock_timeout = 0');
  const { rows } = await run<{ is_valid: boolean }>(
    client,
    `SELECT indisvalid AS is_valid FROM pg_index WHERE indexrelid = to_regclass('${index}')`,
  );
  if (rows[0]?.is_valid === true) return;
  if (rows.length > 0) await run(client, `DROP INDEX CONCURRENTLY ${index}`);
  await run(client, `CREATE INDEX CONCURRENTLY ${index} ON ${on}`);
}

async function retryWhileLocked(
  options: MigrateOptions,
  version: number,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isServerError(error) || !LOCK_ERRORS.includes(error.code ?? '')) throw error;
      options.logger.warn(
        { version, attempt },
        'a migration waits for other transactions and is tried again',
      );
    }
    await pause(options);
  }
  throw new StoreError(
    'migration-blocked',
    `The migration to schema version ${version} could not lock its tables, because other transactions hold them. End them.`,
  );
}

function pause({ clock, signal }: MigrateOptions): Promise<void> {
  return abortable(signal, new Promise((resolve) => clock.after(RETRY_MS, resolve)));
}
