/** The connection pool of Postgres, with migrations at its first use and transactions. */
import type * as pg from 'pg';
import * as v from 'valibot';
import { requireOptional, silentLogger, type Logger } from '../base/index.ts';
import { explainPostgres, readOnlyFailure } from './postgres-explain.ts';
import { isConnectionError, isServerError, markConnectionErrors } from './postgres-errors.ts';
import { createMigrator } from './postgres-migrations.ts';
import { createPostgresOwner } from './postgres-owner.ts';
import { readTarget, type PostgresTarget } from './postgres-target.ts';
import { SQL, type StatementName } from './postgres-statements.ts';
import { StoreError } from './store-error.ts';

/** Options of `openPostgres`. */
export interface PostgresOptions {
  /**
   * `postgres://user:password@host:5432/database`. `?host=/folder` is a unix socket. `?sslmode=require` is TLS with a certificate
   * that a known authority has signed, or the CA of `&sslrootcert=/path/ca.crt`; `?sslmode=no-verify` is TLS with any certificate.
   */
  connectionString: string;
  /** The maximum number of connections; each runs one transaction at a time. Default: 10. */
  poolSize?: number;
  /** How long a query may take; migrations have no limit. Default: 15,000. */
  queryTimeoutMs?: number;
  /** How long a migration waits for the lock of a table before it tries again. Default: 3,000. */
  migrationLockTimeoutMs?: number;
  /**
   * What to do with a database that lacks migrations. `start`: apply them at the first use. `refuse`: reject all calls, naming the
   * command that applies them. Default: `start`.
   */
  migrate?: 'start' | 'refuse';
  /** Gets a line for each migration, and when one waits. Default: none. */
  logger?: Logger;
}

/** What a write survives. `on-disk`: a crash of the server. `soon`: a crash of the server may lose the last 0.6 s of writes. */
export type Durability = 'on-disk' | 'soon';

/** The result of a statement. */
export interface Rows {
  /** The returned rows, not validated. */
  rows: readonly unknown[];
  /** How many rows were written. */
  count: number;
}
/** Runs a named statement with its parameters. */
export type Query = (name: StatementName, values: readonly unknown[]) => Promise<Rows>;

/** How a transaction ends, and its result. A result is returned after a rollback, too. */
export interface Outcome<Result> {
  end: 'commit' | 'roll-back';
  result: Result;
}

/** A pool of connections to one database. */
export interface PostgresDatabase {
  /** Runs one statement outside a transaction. */
  query: Query;
  /** Runs `work` in a transaction, which is rolled back when `work` throws. */
  transaction<Result>(
    durability: Durability,
    work: (query: Query) => Promise<Outcome<Result>>,
  ): Promise<Result>;
  /** Rejects when the database cannot be written. */
  check(): Promise<void>;
  /** @see Store.own. From now on every transaction first makes sure that the lock is held. */
  own(): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}

const DEFAULT_POOL_SIZE = 10;
/** A nearby database accepts a connection in milliseconds. While the server restarts, calls fail after this time. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A hundred times what a query takes. Without it, a query to a server that has vanished would wait forever. */
const QUERY_TIMEOUT_MS = 15_000;
/** Queries of a table queue behind a migration that waits for its lock: a pause that visitors notice little. */
const MIGRATION_LOCK_TIMEOUT_MS = 3_000;
/** After this time the server ends the transaction of a gateway that froze, which releases its lock. */
const IDLE_IN_TRANSACTION_MS = 15_000;

const CheckRowSchema = v.object({ is_read_only: v.boolean() });

const BEGIN: Record<Durability, string> = {
  'on-disk': begin('on'),
  soon: begin('off'),
};
/** One round trip. LOCAL, so that a connection pooler in between does not carry the settings to another client. */
function begin(synchronousCommit: string): string {
  return `BEGIN; SET LOCAL synchronous_commit = ${synchronousCommit};
    SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;
}

/**
 * Does not connect yet: the first query connects and creates the tables. When that fails, the next query tries again.
 * @throws {StoreError} `invalid-url` when the connection string cannot be used; `unavailable`, as a rejection of all calls, with
 *   the server, the cause and what to do
 * @throws {MissingPackageError} when the package `pg` is not installed
 */
export function openPostgres(options: PostgresOptions): PostgresDatabase {
  const target = readTarget(options.connectionString);
  const database = open(options, target);
  const explained = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw explainPostgres(error, target);
    }
  };
  return {
    query: (name, values) => explained(() => database.query(name, values)),
    transaction: (durability, work) => explained(() => database.transaction(durability, work)),
    check: () => explained(() => database.check()),
    own: () => explained(() => database.own()),
    close: () => database.close(),
  };
}

function open(options: PostgresOptions, target: PostgresTarget): PostgresDatabase {
  const { poolSize = DEFAULT_POOL_SIZE, queryTimeoutMs = QUERY_TIMEOUT_MS } = options;
  const { migrationLockTimeoutMs = MIGRATION_LOCK_TIMEOUT_MS, logger = silentLogger } = options;
  const { Client, Pool } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const connection = {
    connectionString: target.connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'rivulet',
  };
  const pool = new Pool({ ...connection, max: poolSize, query_timeout: queryTimeoutMs });
  ignoreBrokenConnections(pool);
  const closing = new AbortController();
  const ready = createMigrator({
    createClient: () => new Client(connection),
    lockTimeoutMs: migrationLockTimeoutMs,
    migrate: options.migrate ?? 'start',
    signal: closing.signal,
    logger,
  });
  // The lock has a connection of its own, because the pool closes its connections when they are idle.
  const owner = createPostgresOwner(
    (name) => new Client({ ...connection, query_timeout: queryTimeoutMs, application_name: name }),
  );
  const query: Query = async (name, values) => {
    await ready();
    return withClient(pool, (client) => queryOf(client)(name, values));
  };
  let isOwner = false;
  let closed: Promise<void> | undefined;
  return {
    query,
    async transaction(durability, work) {
      if (isOwner) await owner.hold();
      await ready();
      return withClient(pool, (client) => transact(client, BEGIN[durability], work));
    },
    async check() {
      const { rows } = await query('check', []);
      if (v.parse(CheckRowSchema, rows[0]).is_read_only) throw readOnlyFailure(target);
    },
    async own() {
      await owner.hold();
      isOwner = true;
    },
    close() {
      closing.abort(new StoreError('closed', 'The store was closed while its database was migrated.'));
      return (closed ??= Promise.all([pool.end(), owner.release()]).then(() => undefined));
    },
  };
}

/**
 * When a connection breaks (the server restarts), the pool drops it and its query rejects. Without listeners, the `error` event
 * would end the process. Each connection gets its listener on `connect`: the server may send its last message in the same packet
 * as its first, before the caller that awaits the connection has run.
 */
function ignoreBrokenConnections(pool: pg.Pool): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
}

/** A connection on which the server did not answer is in an unknown state: it is closed and not used again. */
async function withClient<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isUsable = false;
  try {
    const result = await work(client);
    isUsable = true;
    return result;
  } catch (error) {
    // Errors that the server reported, and errors thrown by `work` itself, leave the connection usable.
    isUsable = isServerError(error) ? !isFatal(error) : !isConnectionError(error);
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

const isFatal = ({ severity }: pg.DatabaseError): boolean => severity === 'FATAL' || severity === 'PANIC';

function queryOf(client: pg.PoolClient): Query {
  return async (name, values) => {
    const { rows, rowCount } = await markConnectionErrors(
      client.query<object>({ name, text: SQL[name], values: [...values] }),
    );
    return { rows, count: rowCount ?? 0 };
  };
}

async function transact<Result>(
  client: pg.PoolClient,
  begin: string,
  work: (query: Query) => Promise<Outcome<Result>>,
): Promise<Result> {
  await markConnectionErrors(client.query(begin));
  try {
    const { end, result } = await work(queryOf(client));
    await markConnectionErrors(client.query(end === 'commit' ? 'COMMIT' : 'ROLLBACK'));
    return result;
  } catch (error) {
    // When the connection is lost, the server rolls back by itself.
    if (!isConnectionError(error)) await markConnectionErrors(client.query('ROLLBACK'));
    throw error;
  }
}
