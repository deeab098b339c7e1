/** The connections to Postgres: a pool, the migrations before its first use, transactions. */
import { Pool, DatabaseError, type PoolClient } from 'pg';
import { MIGRATIONS } from './postgres-schema.ts';
import { SQL, type StatementName } from './postgres-statements.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`; `?host=/folder` is a unix socket, `?sslmode=verify-full` asks for TLS. */
  connectionString: string;
  /** How many connections at most; each writes one transaction at a time. Default: 10. */
  poolSize?: number;
}

/** `on-disk`: what is resolved outlives the server. `soon`: a crash of the server may take the last 0.6 s of it. */
export type Durability = 'on-disk' | 'soon';

export interface Rows {
  rows: readonly unknown[];
  /** How many rows were written. */
  count: number;
}
export type Query = (name: StatementName, values: readonly unknown[]) => Promise<Rows>;

/** What a transaction ends with: a result that is kept, or one beside which everything it wrote is undone. */
export interface Outcome<Result> {
  end: 'commit' | 'roll-back';
  result: Result;
}

export interface PostgresDatabase {
  query: Query;
  transaction<Result>(
    durability: Durability,
    work: (query: Query) => Promise<Outcome<Result>>,
  ): Promise<Result>;
  /** May be called twice. */
  close(): Promise<void>;
}

const DEFAULT_POOL_SIZE = 10;
/** A database in the same room answers in one; a restart of the server takes longer, and then the caller is told. */
const CONNECT_TIMEOUT_MS = 5_000;
/** No query here takes a hundredth of it; a server that is gone without a word would be waited for for ever. */
const QUERY_TIMEOUT_MS = 15_000;
/** A gateway that froze within a transaction lets go of its conversation after this. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** Of the advisory lock under which the tables are made: any number that other programs on the database do not use. */
const MIGRATION_LOCK = '7238411986531';

const BEGIN: Record<Durability, string> = {
  'on-disk': begin('on'),
  soon: begin('off'),
};
/** One round trip; LOCAL, so that a pooler between here and the server never hands it on. */
function begin(synchronousCommit: string): string {
  return `BEGIN; SET LOCAL synchronous_commit = ${synchronousCommit};
    SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;
}

/** Opens nothing yet: the first query connects and makes the tables. While that fails, each later one tries again. */
export function openPostgres({
  connectionString,
  poolSize = DEFAULT_POOL_SIZE,
}: PostgresOptions): PostgresDatabase {
  const pool = new Pool({
    connectionString,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'rivulet',
  });
  // A connection that breaks (the server restarts) is dropped by the pool, and the query on it rejects; without listeners the
  // event would end the process. Each connection has its own from the start: the server's last words may come with its first,
  // in one packet, before anybody who awaits the connection has run.
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
  let closed: Promise<void> | undefined;
  return {
    async query(name, values) {
      await ready();
      return withClient(pool, (client) => queryOf(client)(name, values));
    },
    async transaction(durability, work) {
      await ready();
      return withClient(pool, (client) => transact(client, BEGIN[durability], work));
    },
    close: () => (closed ??= pool.end()),
  };
}

/** A connection on which the server did not answer is in an unknown state: it is ended, not used again. */
async function withClient<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isUsable = false;
  try {
    const result = await work(client);
    isUsable = true;
    return result;
  } catch (error) {
    // The server's own refusals, and what was thrown before anything was asked, leave the connection as it was.
    isUsable = error instanceof DatabaseError ? !isFatal(error) : !isConnectionError(error);
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

const isFatal = ({ severity }: DatabaseError): boolean => severity === 'FATAL' || severity === 'PANIC';

/** Marks what failed on the way to the server, as told apart from what `work` threw itself. */
class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
const isConnectionError = (error: unknown): boolean => error instanceof ConnectionError;

function queryOf(client: PoolClient): Query {
  return async (name, values) => {
    const { rows, rowCount } = await ask(
      client.query<object>({ name, text: SQL[name], values: [...values] }),
    );
    return { rows, count: rowCount ?? 0 };
  };
}

async function ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new ConnectionError('the database did not answer', { cause: error });
  }
}

async function transact<Result>(
  client: PoolClient,
  beginning: string,
  work: (query: Query) => Promise<Outcome<Result>>,
): Promise<Result> {
  await ask(client.query(beginning));
  try {
    const { end, result } = await work(queryOf(client));
    await ask(client.query(end === 'commit' ? 'COMMIT' : 'ROLLBACK'));
    return result;
  } catch (error) {
    // On a connection that is gone the server rolls back by itself.
    if (!isConnectionError(error)) await ask(client.query('ROLLBACK'));
    throw error;
  }
}

/** Several gateways start at once: the others wait for the lock and then find nothing to do. */
async function migrate(client: PoolClient): Promise<void> {
  await transact(client, BEGIN['on-disk'], async () => {
    await ask(client.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`));
    await ask(client.query('CREATE TABLE IF NOT EXISTS rivulet_schema (version integer NOT NULL)'));
    const found = await ask(client.query<{ version: number }>('SELECT version FROM rivulet_schema'));
    const version = found.rows[0]?.version ?? 0;
    if (version > MIGRATIONS.length)
      throw new Error(
        `the database is of schema version ${version}, this gateway knows ${MIGRATIONS.length}; update it`,
      );
    for (const sql of MIGRATIONS.slice(version)) await ask(client.query(sql));
    await ask(client.query('DELETE FROM rivulet_schema'));
    await ask(client.query(`INSERT INTO rivulet_schema VALUES (${MIGRATIONS.length})`));
    return { end: 'commit', result: undefined };
  });
}
