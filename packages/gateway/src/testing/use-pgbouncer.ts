/** Postgres behind PgBouncer for the tests of a file. */
import { afterAll, beforeAll } from 'vitest';
import { startPgBouncer, type PgBouncer } from './pgbouncer.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

/** The servers, while the tests run. */
export interface PooledPostgres {
  readonly server: PostgresServer;
  readonly pooler: PgBouncer;
}

/** Starts both before the tests and stops them afterwards. @param connections of the pooler to the server, for all clients of a database */
export function usePgBouncer(connections: number, timeoutMs: number): PooledPostgres {
  let server: PostgresServer;
  let pooler: PgBouncer;
  beforeAll(async () => {
    server = await startPostgres();
    pooler = await startPgBouncer(server, connections);
  }, timeoutMs);
  afterAll(async () => {
    await pooler.dispose();
    await server.dispose();
  }, timeoutMs);
  return {
    get server() {
      return server;
    },
    get pooler() {
      return pooler;
    },
  };
}
