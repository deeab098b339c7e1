/** The connection pool of Postgres, with migrations at its first use and transactions. */
import type * as pg from 'pg';
import * as v from 'valibot';
import { requireOptional, silentLogger, type Logger, type PoolFigures } from '../base/index.ts';
import { explainPostgres, readOnlyFailure } from './postgres-explain.ts';
import { isConnectionError } from './postgres-errors.ts';
import { ensureFunctions } from './postgres-function-setup.ts';
import { createMigrator } from './postgres-migrations.ts';
import { createPostgresOwner } from './postgres-owner.ts';
import { createPostgresPool, type Connection, type PostgresPool, type Query } from './postgres-pool.ts';
import { readTarget, type PostgresTarget } from './postgres-target.ts';
import { StoreError } from './store-error.ts';

/** Options of `openPostgres`. */
export interface PostgresOptions {
  /**
   * `postgres://user:password@host:5432/database`. `?host=/folder` is a unix socket. `?sslmode=require` is TLS with a certificate
   * that a known authority has signed, or the CA of `&sslrootcert=/path/ca.crt`; `?sslmode=no-verify` is TLS with any certificate.
   */
  connectionString: string;
  /**
   * The maximum number of connections; each runs one transaction at a time. Default: 10. A gateway that owns its store, and one that
   * migrates the tables, use up to two more.
   */
  poolSize?: number;
  /** How many calls may wait for a connection, and how many for their turn in a write. Further ones fail. Default: 10,000. */
  maxWaiting?: number;
  /** How long a call waits for a connection or for its turn in a write before it fails. Default: 5,000. */
  maxWaitMs?: number;
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

export type { Query, Rows } from './postgres-pool.ts';

/** How a transaction ends, and its result. A result is returned after a rollback, too. */
export interface Outcome<Result> {
  end: 'commit' | 'roll-back';
  result: Result;
}

/** The bounds of the calls that wait. */
export interface Waiting {
  maxWaiting: number;
  maxWaitMs: number;
}

/** A pool of connections to one database. */
export interface PostgresDatabase {
  /** Runs one statement outside a transaction. */
  query: Query;
  /** How many calls may wait for their turn, and how long. */
  readonly waiting: Waiting;
  /** Who uses the connections now. */
  readonly figures: () => PoolFigures;
  /** Runs one statement that is a transaction of its own, and says itself what it survives. @see FUNCTIONS */
  write: Query;
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
/** At 3,000 writes a second this is more than three seconds of work. */
const MAX_WAITING = 10_000;
/**
 * A nearby database accepts a connection in milliseconds, and a statement takes some more. While the server is away, calls fail after
 * this time.
 */
const MAX_WAIT_MS = 5_000;
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
    waiting: database.waiting,
    figures: database.figures,
    query: (name, values) => explained(() => database.query(name, values)),
    write: (name, values) => explained(() => database.write(name, values)),
    transaction: (durability, work) => explained(() => database.transaction(durability, work)),
    check: () => explained(() => database.check()),
    own: () => explained(() => database.own()),
    close: () => database.close(),
  };
}

function open(options: PostgresOptions, target: PostgresTarget): PostgresDatabase {
  const { poolSize: maxConnections = DEFAULT_POOL_SIZE, queryTimeoutMs = QUERY_TIMEOUT_MS } = options;
  const { maxWaiting = MAX_WAITING, maxWaitMs = MAX_WAIT_MS } = options;
  const waiting = { maxWaiting, maxWaitMs };
  const { Client, Pool } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const connection = {
    connectionString: target.connectionString,
    connectionTimeoutMillis: maxWaitMs,
    keepAlive: true,
    application_name: 'rivulet',
  };
  const pool = createPostgresPool(Pool, connection, { maxConnections, queryTimeoutMs, ...waiting });
  const closing = new AbortController();
  const createClient = () => new Client(connection);
  const ready = preparing(options, { createClient, signal: closing.signal, pool });
  // The lock has a connection of its own, because the pool closes its connections when they are idle.
  const owner = createPostgresOwner(
    (name) => new Client({ ...connection, query_timeout: queryTimeoutMs, application_name: name }),
  );
  const query: Query = async (name, values) => {
    await ready();
    return pool.use((used) => used.query(name, values));
  };
  let isOwner = false;
  let closed: Promise<void> | undefined;
  return {
    ...{ waiting, query, figures: pool.figures },
    async write(name, values) {
      if (isOwner) await owner.hold();
      return query(name, values);
    },
    async transaction(durability, work) {
      if (isOwner) await owner.hold();
      await ready();
      return pool.use((used) => transact(used, BEGIN[durability], work));
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
      return (closed ??= Promise.all([pool.close(), owner.release()]).then(() => undefined));
    },
  };
}

/** Returns a function that makes sure that the database has the tables and the functions of this gateway. */
function preparing(
  {
    migrationLockTimeoutMs: lockTimeoutMs = MIGRATION_LOCK_TIMEOUT_MS,
    migrate: when = 'start',
    logger = silentLogger,
  }: PostgresOptions,
  { createClient, signal, pool }: { createClient: () => pg.Client; signal: AbortSignal; pool: PostgresPool },
): () => Promise<void> {
  const migrate = createMigrator({ createClient, lockTimeoutMs, migrate: when, signal, logger });
  let functions: Promise<void> | undefined;
  return async () => {
    await migrate();
    await (functions ??= pool.use(ensureFunctions).catch((error: unknown) => {
      functions = undefined;
      throw error;
    }));
  };
}

async function transact<Result>(
  { query, run }: Connection,
  begin: string,
  work: (query: Query) => Promise<Outcome<Result>>,
): Promise<Result> {
  await run(begin);
  try {
    const { end, result } = await work(query);
    await run(end === 'commit' ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    // When the connection is lost, the server rolls back by itself.
    if (!isConnectionError(error)) await run('ROLLBACK');
    throw error;
  }
}
