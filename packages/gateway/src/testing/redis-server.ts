/** A Redis of its own for a test file: on a unix socket, killed and started again at will. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findBinary, startServer, type ServerProcess } from './server-process.ts';

export interface RedisServer {
  /** The path of its socket, as `createRedisEventLog` takes it. */
  readonly url: string;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again, with what is on its disk. */
  start(): Promise<void>;
  /** Loses what is on the disk of one that was killed. */
  lose(): void;
  /** One command beside what is tested. */
  run(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Kills it and removes its files. */
  dispose(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 10;

/** `forgets`: a killed one comes back empty. `remembers`: it writes what it is told to a file before it answers. */
export async function startRedis(memory: 'forgets' | 'remembers'): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-redis-'));
  const url = join(folder, 'redis.sock');
  const appendOnly = memory === 'remembers' ? 'yes' : 'no';
  // While it syncs in the background, on a busy disk, it answers first and writes up to two seconds later: it never syncs.
  const memorySettings = { save: '', appendonly: appendOnly, appendfsync: 'no' };
  const settings = { port: '0', unixsocket: url, dir: folder, ...memorySettings };
  const command = [
    findBinary('redis-server'),
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
  ];
  let server: ServerProcess | undefined;
  const run: RedisServer['run'] = async (name, ...args) => {
    const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
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
        () => Promise.race([ended, pause(RETRY_MS)]), // another program's start has no event to await
      );
      if (outcome === 'answered') return;
      if (outcome === 'ended') break;
    }
    await server.kill();
    throw new Error('redis-server did not start');
  };
  const kill = async () => {
    await server?.kill();
  };
  await start();
  return {
    url,
    kill,
    start,
    lose: () => {
      rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
    },
    run,
    async dispose() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}
