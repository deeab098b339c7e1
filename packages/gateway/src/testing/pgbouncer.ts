/** PgBouncer in transaction mode in front of a Postgres server of a test, as hosting providers run it. */
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { postgresUser, type PostgresServer } from './postgres-server.ts';
import { findBinary, startServer } from './server-process.ts';

/** A running PgBouncer. */
export interface PgBouncer {
  /** The connection string of the server's default database. */
  readonly connectionString: string;
  /** Kills it and removes its files. */
  dispose(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 20;
/** The end of the name of the socket. */
const PORT = 6432;

/**
 * Starts PgBouncer on a unix socket. Each transaction gets any of its connections to the server.
 * @param maxConnections to the server, for all clients of a database together
 * @throws {Error} when PgBouncer is not installed or does not start
 */
export async function startPgBouncer(
  { connectionString: behind }: PostgresServer,
  maxConnections: number,
): Promise<PgBouncer> {
  const user = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-pgb-'));
  const { searchParams } = new URL(behind.replace('@/', '@localhost/'));
  const settings = {
    listen_port: PORT,
    unix_socket_dir: folder,
    pool_mode: 'transaction',
    auth_type: 'any',
    default_pool_size: maxConnections,
    max_client_conn: 200,
  };
  const file = join(folder, 'pgbouncer.ini');
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const server = `* = host=${searchParams.get('host')} port=${searchParams.get('port')} user=app`;
  writeFileSync(file, ['[databases]', server, '[pgbouncer]', ...lines, ''].join('\n'));
  // It refuses to run as root.
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const bouncer = startServer([findBinary('pgbouncer'), '--quiet', file], user);
  const dispose = async () => {
    await bouncer.kill();
    rmSync(folder, { recursive: true });
  };
  const connectionString = `postgres://app@/postgres?host=${folder}&port=${PORT}`;
  const ended = bouncer.ended.then(() => 'ended' as const);
  const giveUpAtMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < giveUpAtMs) {
    const outcome = await answers(connectionString).then(
      () => 'answered' as const,
      () => Promise.race([ended, pause(RETRY_MS)]), // a server process sends no event when it is ready
    );
    if (outcome === 'answered') return { connectionString, dispose };
    if (outcome === 'ended') break;
  }
  await dispose();
  throw new Error(`pgbouncer did not start within ${START_TIMEOUT_MS} ms`);
}

async function answers(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}
