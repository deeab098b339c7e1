/** A separate Postgres server for a test file, on a unix socket and on request on TCP, which the test can kill and restart. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { createCertificate } from './certificate.ts';
import { findFreePort } from './free-port.ts';
import { findBinary, startServer, type ServerProcess, type ServerUser } from './server-process.ts';

/** A running Postgres server. */
export interface PostgresServer {
  /** The connection string of its default database. */
  readonly connectionString: string;
  /** Where it can be reached over TLS with a password. @throws {Error} unless it was started with `tls` */
  readonly network: PostgresNetwork;
  /** Kills the server with SIGKILL; data that it has not written to its files is lost. */
  kill(): Promise<void>;
  /** Starts the server again over the same files. Resolves when it answers queries. */
  start(): Promise<void>;
  /** Runs one statement on a connection of its own. Default: in the database of `connectionString`. @returns the rows */
  run(sql: string, database?: string): Promise<unknown[]>;
  /** Kills the server and removes its files. */
  dispose(): Promise<void>;
}

/** How a server is reached over TCP, as those of hosting providers: TLS with a self-signed certificate, and a password. */
export interface PostgresNetwork {
  port: number;
  /** The certificate as a CA file. */
  caFile: string;
}

/** Includes the time that the child processes of a killed server take to exit: until then a new server refuses the files. */
const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 50;
/** Also the end of the name of the socket. */
const DEFAULT_PORT = 5432;

/**
 * Creates a database cluster in a temporary folder and starts a server on it.
 * @param reach `socket`: a unix socket. `tls`: also TCP on 127.0.0.1, with TLS and passwords
 * @param extra further settings of the server, such as `{ fsync: 'on' }`
 * @throws {Error} when Postgres is not installed
 */
export async function startPostgres(
  reach: 'socket' | 'tls' = 'socket',
  extra: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const user = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-pg-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const files = join(folder, 'db');
  const setUp = ['-D', files, '-U', 'app', '--auth=trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(findBinary('postgres', 'initdb'), setUp, { stdio: 'ignore', cwd: '/', ...user });
  const network = reach === 'tls' ? await listenOnTls(folder, files, user) : undefined;
  // fsync is off because these tests kill processes, not machines.
  const settings = [
    ...(network?.settings ?? ['listen_addresses=']),
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'max_connections=50',
    ...Object.entries(extra).map(([name, value]) => `${name}=${value}`),
  ];
  const command = [findBinary('postgres'), '-D', files, ...settings.flatMap((setting) => ['-c', setting])];
  const port = network?.port ?? DEFAULT_PORT;
  const connectionString = `postgres://app@/postgres?host=${folder}&port=${port}`;
  let server: ServerProcess | undefined;
  const run = async (sql: string, database = 'postgres') => {
    const client = new Client({ user: 'app', host: folder, port, database });
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
    get network() {
      if (network === undefined) throw new Error('The server has no network: start it with "tls".');
      return network;
    },
    kill,
    start,
    run,
    async dispose() {
      await kill();
      rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: RETRY_MS });
    },
  };
}

async function listenOnTls(folder: string, files: string, user: ServerUser | undefined) {
  const port = await findFreePort();
  const { certificateFile, keyFile } = createCertificate(folder);
  // Postgres accepts only a key that is its own.
  if (user !== undefined) chownSync(keyFile, user.uid, user.gid);
  const rules = 'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n';
  writeFileSync(join(files, 'pg_hba.conf'), rules);
  const tls = ['ssl=on', `ssl_cert_file=${certificateFile}`, `ssl_key_file=${keyFile}`];
  return { port, caFile: certificateFile, settings: ['listen_addresses=127.0.0.1', `port=${port}`, ...tls] };
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

/** Postgres and PgBouncer refuse to run as root. They then run as the user `postgres`, which their packages create. */
export function postgresUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
