/** Runs an installed server program for tests. The server is killed when the test process ends, however it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as v from 'valibot';

const ServersSchema = v.record(v.string(), v.object({ package: v.string(), folders: v.array(v.string()) }));

/**
 * Finds an executable of a server in PATH and in the folders of servers.json.
 * @returns its path; the last match, which is the newest of several versions
 * @throws {Error} naming the system package to install, when there is none: the test fails, it is not skipped
 */
export function findBinary(
  server: 'redis-server' | 'postgres' | 'pgbouncer' | 'openssl',
  binary: string = server,
): string {
  const servers = v.parse(
    ServersSchema,
    JSON.parse(readFileSync(new URL('servers.json', import.meta.url), 'utf8')),
  );
  const { package: name, folders } = servers[server]!;
  const locations = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...folders.flatMap((each) => globSync(each)),
  ];
  const found = locations.map((folder) => join(folder, binary)).findLast((file) => existsSync(file));
  if (found === undefined)
    throw new Error(
      `${binary} was not found. These tests require it: install the system package ${name} (apt-get install -y ${name})`,
    );
  return found;
}

/** A server that was started by `startServer`. */
export interface ServerProcess {
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** Kills the server with SIGKILL and waits for its end. May be called twice. */
  kill(): Promise<void>;
}

/** The system user that a server runs as, when it is not that of this process. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * A shell that supervises the server: it kills the server when the pipe from this process ends. The pipe also ends when this
 * process is killed, so no server is left running.
 */
const SUPERVISOR = `exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ read -r _ <&3; kill -9 $server 2>/dev/null; } & watch=$!
exec 3<&-
wait $server; code=$?
kill $watch 2>/dev/null
exit $code`;

/** Starts a server. @param command the program and its arguments */
export function startServer(command: readonly string[], user?: ServerUser): ServerProcess {
  const child: ChildProcess = spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', ...command], {
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
