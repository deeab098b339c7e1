/** The connections to Postgres: how many there are, who waits for one and for how long, and how a statement is sent on one. */
import type * as pg from 'pg';
import type { PoolFigures } from '../base/index.ts';
import { isConnectionError, isFatal, isServerError, markConnectionErrors } from './postgres-errors.ts';
import { SQL, type StatementName } from './postgres-statements.ts';
import { StoreError } from './store-error.ts';

/** The result of a statement. */
export interface Rows {
  /** The returned rows, not validated. */
  rows: readonly unknown[];
  /** How many rows were written. */
  count: number;
}
/** Runs a named statement with its parameters. */
export type Query = (name: StatementName, values: readonly unknown[]) => Promise<Rows>;

/** A connection for one piece of work. */
export interface Connection {
  query: Query;
  /** Runs statements without parameters, in one round trip. */
  run: (sql: string) => Promise<pg.QueryResult>;
}

/** What `createPostgresPool` needs. */
export interface PoolOptions {
  /** The maximum number of connections. */
  maxConnections: number;
  /** How many callers may wait for a connection. */
  maxWaiting: number;
  /** How long a caller waits for a connection, whether for one that is in use or for a new one. */
  maxWaitMs: number;
  /** How long a statement may take. */
  queryTimeoutMs: number;
}

/** Connections that callers share. */
export interface PostgresPool {
  /** Who uses them now. */
  readonly figures: () => PoolFigures;
  /**
   * Runs `work` on a connection that nobody else uses meanwhile.
   * @throws {StoreError} `overloaded` when too many callers wait, or this one has waited too long
   */
  use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Waits for the work in progress. */
  close(): Promise<void>;
}

/** Does not connect yet. */
export function createPostgresPool(
  Pool: typeof pg.Pool,
  connection: pg.PoolConfig,
  { maxConnections, maxWaiting, maxWaitMs, queryTimeoutMs }: PoolOptions,
): PostgresPool {
  const named = new NamedStatements();
  const pool = new Pool({
    ...connection,
    max: maxConnections,
    connectionTimeoutMillis: maxWaitMs,
    query_timeout: queryTimeoutMs,
  });
  ignoreBrokenConnections(pool);
  return {
    figures: () => ({ used: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
    async use(work) {
      if (pool.waitingCount >= maxWaiting) throw overloaded(`more than ${maxWaiting} calls wait`);
      const client = await pool.connect().catch((error: unknown) => {
        // The driver has no codes for these.
        const { message } = error as Error;
        if (message === 'timeout exceeded when trying to connect')
          throw overloaded(`a call has waited for ${maxWaitMs} ms`, error);
        // Its cause says only that the driver itself has then closed the connection.
        if (message === 'Connection terminated due to connection timeout') throw new Error(message);
        throw error;
      });
      return release(client, async () => {
        await named.learn(client);
        return work(connectionOf(client, named));
      });
    },
    close: () => pool.end(),
  };
}

const overloaded = (what: string, cause?: unknown): StoreError =>
  new StoreError(
    'overloaded',
    `All connections to Postgres are in use and ${what}. Give the gateway more connections (postgresPool), or the server more power.`,
    cause,
  );

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
async function release<Result>(client: pg.PoolClient, work: () => Promise<Result>): Promise<Result> {
  let isUsable = false;
  try {
    const result = await work();
    isUsable = true;
    return result;
  } catch (error) {
    // Errors that the server reported, and errors thrown by the work itself, leave the connection usable.
    isUsable = isServerError(error) ? !isFatal(error) : !isConnectionError(error);
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

const connectionOf = (client: pg.PoolClient, named: NamedStatements): Connection => ({
  async query(name, values) {
    const statement = { text: SQL[name], values: [...values], ...(named.worksOn(client) ? { name } : {}) };
    const { rows, rowCount } = await markConnectionErrors(client.query<object>(statement));
    return { rows, count: rowCount ?? 0 };
  },
  run: (sql) => markConnectionErrors(client.query(sql)),
});

/**
 * Tells on which connections a statement can be prepared once and used by its name: on those that end at the server itself. A pooler
 * in transaction mode gives each transaction another connection of its own, which does not know the name. It also makes up the
 * process id that a client gets when it connects, because many clients share a process.
 */
class NamedStatements {
  readonly #isDirect = new WeakMap<pg.ClientBase, boolean>();

  /** Asks once for each connection. */
  async learn(client: pg.ClientBase): Promise<void> {
    if (this.#isDirect.has(client)) return;
    const asked = client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { rows } = await markConnectionErrors(asked);
    const { processID: shown } = client as { processID?: number }; // the driver has it, its types do not
    this.#isDirect.set(client, shown === rows[0]?.pid);
  }

  worksOn(client: pg.ClientBase): boolean {
    return this.#isDirect.get(client) === true;
  }
}
