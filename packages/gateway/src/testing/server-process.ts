/** A server of another program for tests: found where servers.json says, and gone with whoever started it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as v from 'valibot';

const ServersSchema = v.record(v.string(), v.object({ package: v.string(), folders: v.array(v.string()) }));

/** @throws {Error} naming the system's package, when it is not installed: such a test fails, it is not skipped. */
export function findBinary(server: 'redis-server' | 'postgres', binary: string = server): string {
  const servers = v.parse(
    ServersSchema,
    JSON.parse(readFileSync(new URL('servers.json', import.meta.url), 'utf8')),
  );
  const { package: name, folders } = servers[server]!;
  const places = [...(process.env.PATH ?? '').split(delimiter), ...folders.flatMap((each) => globSync(each))];
  // The newest of several versions is the last.
  const found = places.map((folder) => join(folder, binary)).findLast((file) => existsSync(file));
  if (found === undefined)
    throw new Error(
      `These tests need ${binary}: install the system's package ${name} (apt-get install -y ${name})`,
    );
  return found;
}

export interface ServerProcess {
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** kill -9, awaited. May be called twice. */
  kill(): Promise<void>;
}

export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * The shell between kills the server when the pipe from here ends, which it also does when this process is killed: nothing
 * is left running, however a test run ends.
 */
const KEEPER = `exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ read -r _ <&3; kill -9 $server 2>/dev/null; } & watch=$!
exec 3<&-
wait $server; code=$?
kill $watch 2>/dev/null
exit $code`;

export function startServer(command: readonly string[], user?: ServerUser): ServerProcess {
  const child: ChildProcess = spawn('/bin/sh', ['-c', KEEPER, 'sh', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    ...user,
  });
  const ended = once(child, 'exit').then(([code]: unknown[]) => Number(code ?? -1));
  return {
    ended,
    async kill() {
      child.stdin?.end();
      await ended;
    },
  };
}
