/**
 * Brings the tables of a Postgres database to the version of this gateway, whatever their size.
 *
 * Migrations run on connections of their own, without the timeout of queries: on a large table one may take hours. A gateway
 * that finds another one migrating asks again in intervals. It does not wait inside a statement, because CREATE INDEX
 * CONCURRENTLY waits for every statement that is running: the two would wait for each other.
 */
import type * as pg from 'pg';
import { abortable, systemClock, type Clock, type Logger } from '../base/index.ts';
import { isServerError, markConnectionErrors } from './postgres-errors.ts';
import { buildIndex, CANCEL_BUILDS } from './postgres-index-build.ts';
import { PREPARE_ROW, readSchemaState, run, setVersion } from './postgres-schema-row.ts';
import { SCHEMA, type Schema } from './postgres-schema.ts';
import {
  behindError,
  importingError,
  missingMigrations,
  type MissingMigration,
  type SchemaState,
} from './postgres-versions.ts';
import { StoreError } from './store-error.ts';

/** Options of a migration. */
export interface MigrateOptions {
  /** Creates a client that has no query timeout. It is connected and ended here. */
  createClient: () => pg.Client;
  /** How long a migration waits for the lock of a table before it tries again. */
  lockTimeoutMs: number;
  /** Ends the work: the connections are closed, and the server rolls back. */
  signal: AbortSignal;
  logger: Logger;
  /** Default: the system's. */
  clock?: Clock;
  /** The tables that are wanted. Default: those of this gateway. */
  schema?: Schema;
}

/** Options of `createMigrator`. */
export interface MigratorOptions extends MigrateOptions {
  /** What to do with a database that lacks migrations. Default: `start`, to migrate when the gateway starts. */
  migrate?: 'start' | 'refuse';
}

/** How often a gateway looks whether another one has finished, and the pause before a migration is tried again. */
const RETRY_MS = 250;
/** With the default lock timeout, about a minute. Later calls of the store begin anew. */
const MAX_ATTEMPTS = 20;
/** The advisory lock of migrations: an arbitrary number that other programs on the same database do not use. */
const MIGRATION_LOCK = '7238411986531';
/** Codes of Postgres for a lock that was not available in time, and for a deadlock. */
const LOCK_ERRORS = ['55P03', '40P01'];

/**
 * Returns a function that makes sure, at its first call, that a gateway can use the database. Later calls share the result, or try
 * again when it has failed. It rejects as `migrate`, and with the StoreErrors `schema-behind` and `importing`.
 */
export function createMigrator(options: MigratorOptions): () => Promise<void> {
  let migrated: Promise<void> | undefined;
  return () =>
    (migrated ??= prepare(options).catch((error: unknown) => {
      migrated = undefined;
      throw error;
    }));
}

async function prepare(options: MigratorOptions): Promise<void> {
  const { schema = SCHEMA, logger } = options;
  const own = schema.migrations.length;
  const state = options.migrate === 'refuse' ? await inspect(options) : await migrate(options);
  if (missingMigrations(state, schema).length > 0) throw behindError(state, own);
  if (state.importing !== undefined) throw importingError(state.importing);
  if (state.version > own)
    logger.info(
      { version: state.version, own },
      'a newer gateway has migrated the database; it is compatible',
    );
}

/** What the database says of its tables. Nothing is changed. */
export function inspect(options: MigrateOptions): Promise<SchemaState> {
  return withClient(options, { work: readSchemaState });
}

/**
 * Applies the migrations that the database lacks. Several gateways may start at once: one of them migrates, and the others wait for
 * as long as it takes.
 * @returns what the database says afterwards
 * @throws {StoreError} `newer-schema`, `older-schema`, or `migration-blocked` when other transactions held the tables all the time
 */
export function migrate(options: MigrateOptions): Promise<SchemaState> {
  const { logger, schema = SCHEMA } = options;
  let hasReported = false;
  const work = async (client: pg.Client) => {
    for (;;) {
      const state = await readSchemaState(client);
      if (missingMigrations(state, schema).length === 0) return state;
      if (await underLock(options, () => applyMissing(options, client))) continue;
      if (!hasReported)
        logger.warn({}, 'another gateway is migrating the database; waiting until it has finished');
      hasReported = true;
      await pause(options);
    }
  };
  return withClient(options, { work });
}

interface ClientWork<Result> {
  work: (client: pg.Client) => Promise<Result>;
  /** The last statement of the connection when the work is ended by the signal. */
  lastWords?: string;
}

/** @throws the reason of the signal when it has ended the work */
async function withClient<Result>(
  { createClient, signal }: MigrateOptions,
  { work, lastWords }: ClientWork<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const client = createClient();
  client.on('error', () => undefined); // the query in flight rejects
  let told = Promise.resolve();
  const end = () => client.end().catch(() => undefined);
  const abort = () => {
    if (lastWords !== undefined)
      told = run(client, lastWords).then(
        () => undefined,
        () => undefined, // the server is away, and so is what it did
      );
    void told.then(end);
  };
  signal.addEventListener('abort', abort);
  try {
    await markConnectionErrors(client.connect());
    return await work(client);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    await told;
    await end();
  }
}

/**
 * Calls `work` while this gateway is the only one that migrates. The lock belongs to a transaction, so that it also works
 * through a connection pooler, and to a second connection, because an index cannot be built within a transaction. The open
 * transaction has no snapshot, so that building an index does not wait for it. A build does not end when its connection does, so
 * this connection ends it.
 * @returns false when another gateway has the lock
 */
async function underLock(options: MigrateOptions, work: () => Promise<void>): Promise<boolean> {
  let isTaken = false;
  const hold = async (client: pg.Client) => {
    await run(client, 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
    const { rows } = await run<{ is_taken: boolean }>(
      client,
      `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS is_taken`,
    );
    isTaken = rows[0]?.is_taken === true;
    if (isTaken) await work();
    await run(client, 'ROLLBACK');
    return isTaken;
  };
  const lastWords = `DO $$ BEGIN IF pg_try_advisory_xact_lock(${MIGRATION_LOCK}) THEN PERFORM FROM (${CANCEL_BUILDS}) AS ended; END IF; END $$`;
  return withClient(options, { work: hold, lastWords });
}

async function applyMissing(options: MigrateOptions, client: pg.Client): Promise<void> {
  const { logger, schema = SCHEMA } = options;
  await retryWhileLocked(options, 0, () => inTransaction(options, client, [PREPARE_ROW]));
  // Read again under the lock: the gateway that had it may have migrated meanwhile.
  for (const missing of missingMigrations(await readSchemaState(client), schema)) {
    const { version, migration } = missing;
    logger.info({ version, about: migration.about }, 'migrating the database');
    await retryWhileLocked(options, version, () => apply(options, client, missing));
  }
}

async function apply(options: MigrateOptions, client: pg.Client, missing: MissingMigration): Promise<void> {
  const { migration } = missing;
  if ('index' in migration) {
    await buildIndex(client, migration, () => pause(options));
    await inTransaction(options, client, [setVersion(missing)]);
  } else await inTransaction(options, client, [migration.sql, setVersion(missing)]);
}

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

function pause({ clock = systemClock, signal }: MigrateOptions): Promise<void> {
  return abortable(signal, new Promise((resolve) => clock.after(RETRY_MS, resolve)));
}
