/** The connection pool of Postgres, with migrations at its first use and transactions. */
import type * as pg from 'pg';
import { requireOptional } from '../base/index.ts';
import { createPostgresOwner, type PostgresOwner } from './postgres-owner.ts';
import { MIGRATIONS } from './postgres-schema.ts';
import { SQL, type StatementName } from './postgres-statements.ts';
import { StoreError } from './store-error.ts';

/** Options of `openPostgres`. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`. `?host=/folder` is a unix socket, `?sslmode=verify-full` requires TLS. */
  connectionString: string;
  /** The maximum number of connections; each runs one transaction at a time. Default: 10. */
  poolSize?: number;
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
/** After this time the server ends the transaction of a gateway that froze, which releases its lock. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** The advisory lock of migrations: an arbitrary number that other programs on the same database do not use. */
const MIGRATION_LOCK = '7238411986531';

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
 * @throws {MissingPackageError} when the package `pg` is not installed
 */
export function openPostgres({
  connectionString,
  poolSize = DEFAULT_POOL_SIZE,
}: PostgresOptions): PostgresDatabase {
  const { Pool } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const pool = new Pool({
    connectionString,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'rivulet',
  });
  // When a connection breaks (the server restarts), the pool drops it and its query rejects. Without listeners, the `error`
  // event would end the process. Each connection gets its listener on `connect`: the server may send its last message in the
  // same packet as its first, before the caller that awaits the connection has run.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  let migrated: Promise<void> | undefined;
  const ready = () =>
    (migrated ??= withClient(pool, migrate).catch((error: unknown) => {
      migrated = undefined;
      throw error;
    }));
  const owner = openOwner(connectionString);
  let isOwner = false;
  let closed: Promise<void> | undefined;
  return {
    async query(name, values) {
      await ready();
      return withClient(pool, (client) => queryOf(client)(name, values));
    },
    async transaction(durability, work) {
      if (isOwner) await owner.hold();
      await ready();
      return withClient(pool, (client) => transact(client, BEGIN[durability], work));
    },
    async own() {
      await owner.hold();
      isOwner = true;
    },
    close: () => (closed ??= Promise.all([pool.end(), owner.release()]).then(() => undefined)),
  };
}

/** The lock has a connection of its own, because the pool closes its connections when they are idle. */
function openOwner(connectionString: string): PostgresOwner {
  const { Client } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  return createPostgresOwner(
    (applicationName) =>
      new Client({
        connectionString,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        query_timeout: QUERY_TIMEOUT_MS,
        keepAlive: true,
        application_name: applicationName,
      }),
  );
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

/** An error that the server reported: of all errors of `pg`, only these have a severity. */
const isServerError = (error: unknown): error is pg.DatabaseError =>
  error instanceof Error && 'severity' in error;
const isFatal = ({ severity }: pg.DatabaseError): boolean => severity === 'FATAL' || severity === 'PANIC';

/** A failure of the connection, as opposed to an error that the server reported or that `work` threw. */
class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
const isConnectionError = (error: unknown): boolean => error instanceof ConnectionError;

function queryOf(client: pg.PoolClient): Query {
  return async (name, values) => {
    const { rows, rowCount } = await markConnectionErrors(
      client.query<object>({ name, text: SQL[name], values: [...values] }),
    );
    return { rows, count: rowCount ?? 0 };
  };
}

async function markConnectionErrors<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    if (isServerError(error)) throw error;
    throw new ConnectionError('The database did not answer. Check that Postgres is up and reachable.', {
      cause: error,
    });
  }
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

/** When several gateways start at once, the others wait for the lock and then have nothing to migrate. */
async function migrate(client: pg.PoolClient): Promise<void> {
  await transact(client, BEGIN['on-disk'], async () => {
    await markConnectionErrors(client.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`));
    await markConnectionErrors(
      client.query('CREATE TABLE IF NOT EXISTS rivulet_schema (version integer NOT NULL)'),
    );
    const found = await markConnectionErrors(
      client.query<{ version: number }>('SELECT version FROM rivulet_schema'),
    );
    const version = found.rows[0]?.version ?? 0;
    if (version > MIGRATIONS.length)
      throw new StoreError(
        'newer-schema',
        `The database has schema version ${version}, and this gateway supports up to ${MIGRATIONS.length}. Update the gateway.`,
      );
    for (const sql of MIGRATIONS.slice(version)) await markConnectionErrors(client.query(sql));
    await markConnectionErrors(client.query('DELETE FROM rivulet_schema'));
    await markConnectionErrors(client.query(`INSERT INTO rivulet_schema VALUES (${MIGRATIONS.length})`));
    return { end: 'commit', result: undefined };
  });
}
