/** A Postgres of its own for a test file: on a unix socket, killed and started again at will. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { findBinary, startServer, type ServerProcess, type ServerUser } from './server-process.ts';

export interface PostgresServer {
  readonly connectionString: string;
  /** kill -9, which loses what was not on its disk. */
  kill(): Promise<void>;
  /** Starts it again over the same files. */
  start(): Promise<void>;
  /** Runs one statement beside what is tested. Default: in the database of `connectionString`. */
  run(sql: string, database?: string): Promise<unknown[]>;
  /** Kills it and removes its files. */
  dispose(): Promise<void>;
}

/** Also how long the children of a killed server may take to go; until then a new one refuses the files. */
const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 50;

export async function startPostgres(): Promise<PostgresServer> {
  const user = serverUser();
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-pg-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const files = join(folder, 'db');
  const setUp = ['-D', files, '-U', 'app', '--auth=trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(findBinary('postgres', 'initdb'), setUp, { stdio: 'ignore', cwd: '/', ...user });
  // Not synced to the disk: these tests kill processes, not machines.
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
      if (Date.now() > giveUpAtMs) throw new Error('postgres did not start');
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

/** False when the server has ended before it answered. */
async function answers(
  server: ServerProcess,
  ask: () => Promise<unknown>,
  untilMs: number,
): Promise<boolean> {
  const ended = server.ended.then(() => 'ended' as const);
  while (Date.now() < untilMs) {
    const outcome = await ask().then(
      () => 'answered' as const,
      () => Promise.race([ended, pause(RETRY_MS)]), // another program's start has no event to await
    );
    if (outcome === 'answered') return true;
    if (outcome === 'ended') return false;
  }
  await server.kill();
  return false;
}

/** Postgres refuses to run as root: then it runs as the user that its package has made. */
function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
