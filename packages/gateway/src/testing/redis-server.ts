/** A separate Redis server for a test file, on a unix socket, which the test can kill and restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findBinary, startServer, type ServerProcess } from './server-process.ts';

/** A running Redis server. */
export interface RedisServer {
  /** The path of its socket, in the form that `createRedisEventLog` accepts. */
  readonly url: string;
  /** Kills the server with SIGKILL. */
  kill(): Promise<void>;
  /** Starts the server again over the same files. Resolves when it answers commands. */
  start(): Promise<void>;
  /** Deletes the files of a killed server. */
  deleteData(): void;
  /** Runs one command on a connection of its own. @returns the reply */
  run(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Kills the server and removes its files. */
  dispose(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 10;

/**
 * Starts a Redis server in a temporary folder. A `volatile` server is empty after a restart; a `durable` one writes each
 * command to a file before it replies.
 * @param extra further settings of the server, such as `{ requirepass: 'secret' }`
 * @throws {Error} when Redis is not installed or does not start
 */
export async function startRedis(
  persistence: 'volatile' | 'durable',
  extra: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-redis-'));
  const url = join(folder, 'redis.sock');
  const appendOnly = persistence === 'durable' ? 'yes' : 'no';
  // `appendfsync no`: with a sync in the background, on a busy disk, Redis replies first and writes up to two seconds later.
  const persistenceSettings = { save: '', appendonly: appendOnly, appendfsync: 'no' };
  const settings = { port: '0', unixsocket: url, dir: folder, ...persistenceSettings, ...extra };
  const command = [
    findBinary('redis-server'),
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...value.split(' ')]),
  ];
  let server: ServerProcess | undefined;
  const run: RedisServer['run'] = async (name, ...args) => {
    const { requirepass: password } = extra;
    const once = { retryStrategy: () => null, maxRetriesPerRequest: 0 };
    const client = new Redis(url, password === undefined ? once : { ...once, password });
    client.on('error', () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  };
  const start = async () => {
    server = startServer(command);
    const ended = server.ended.then(() => 'ended' as const);
    const giveUpAtMs = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < giveUpAtMs) {
      const outcome = await run('PING').then(
        () => 'answered' as const,
        () => Promise.race([ended, pause(RETRY_MS)]), // a server process sends no event when it is ready
      );
      if (outcome === 'answered') return;
      if (outcome === 'ended') break;
    }
    await server.kill();
    throw new Error(`redis-server did not start within ${START_TIMEOUT_MS} ms (folder: ${folder})`);
  };
  const kill = async () => {
    await server?.kill();
  };
  await start();
  return {
    url,
    kill,
    start,
    deleteData: () => {
      rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
    },
    run,
    async dispose() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}
