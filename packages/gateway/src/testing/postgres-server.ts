/** A separate Postgres server for a test file, on a unix socket, which the test can kill and restart. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { findBinary, startServer, type ServerProcess, type ServerUser } from './server-process.ts';

/** A running Postgres server. */
export interface PostgresServer {
  /** The connection string of its default database. */
  readonly connectionString: string;
  /** Kills the server with SIGKILL; data that it has not written to its files is lost. */
  kill(): Promise<void>;
  /** Starts the server again over the same files. Resolves when it answers queries. */
  start(): Promise<void>;
  /** Runs one statement on a connection of its own. Default: in the database of `connectionString`. @returns the rows */
  run(sql: string, database?: string): Promise<unknown[]>;
  /** Kills the server and removes its files. */
  dispose(): Promise<void>;
}

/** Includes the time that the child processes of a killed server take to exit: until then a new server refuses the files. */
const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 50;

/** Creates a database cluster in a temporary folder and starts a server on it. @throws {Error} when Postgres is not installed */
export async function startPostgres(): Promise<PostgresServer> {
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-pg-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const files = join(folder, 'db');
  const setUp = ['-D', files, '-U', 'app', '--auth=trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(findBinary('postgres', 'initdb'), setUp, { stdio: 'ignore', cwd: '/', ...user });
  // fsync is off because these tests kill processes, not machines.
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'max_connections=50',
  ];
  const command = [findBinary('postgres'), '-D', files, ...settings.flatMap((setting) => ['-c', setting])];
  const connectionString = `postgres://app@/postgres?host=${folder}`;
  let server: ServerProcess | undefined;
  const run = async (sql: string, database = 'postgres') => {
    const client = new Client({ user: 'app', host: folder, database });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<object>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const start = async () => {
    const giveUpAtMs = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      server = startServer(command, user);
      if (await answers(server, () => run('SELECT 1'), giveUpAtMs)) return;
      if (Date.now() > giveUpAtMs)
        throw new Error(`postgres did not start within ${START_TIMEOUT_MS} ms (files: ${files})`);
    }
  };
  const kill = async () => {
    await server?.kill();
  };
  await start();
  return {
    connectionString,
    kill,
    start,
    run,
    async dispose() {
      await kill();
      rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: RETRY_MS });
    },
  };
}

/** Waits until the query succeeds. @returns false when the server exits first, or the time is over */
async function answers(
  server: ServerProcess,
  query: () => Promise<unknown>,
  untilMs: number,
): Promise<boolean> {
  const ended = server.ended.then(() => 'ended' as const);
  while (Date.now() < untilMs) {
    const outcome = await query().then(
      () => 'answered' as const,
      () => Promise.race([ended, pause(RETRY_MS)]), // a server process sends no event when it is ready
    );
    if (outcome === 'answered') return true;
    if (outcome === 'ended') return false;
  }
  await server.kill();
  return false;
}

/** Postgres refuses to run as root. It then runs as the user `postgres`, which the package creates. */
function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
