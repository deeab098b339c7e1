/** The entry of the worker thread in which the SQLite store does its work. Started by `startSqliteThread`. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { SqliteCore } from './sqlite-core.ts';
import { openSqlite, type SqliteDatabase, type SqliteFileOptions } from './sqlite-database.ts';
import { runGroup, toPlainError, type Call, type Outcome, type PlainError } from './sqlite-groups.ts';

/** What the worker sends: how opening ended, early outcomes, and the outcomes of a group. */
export type WorkerMessage =
  | { kind: 'opened' }
  | { kind: 'not-opened'; error: PlainError }
  | { kind: 'early'; outcomes: Outcome[] }
  | { kind: 'outcomes'; outcomes: Outcome[] };

/** What the worker is given. */
export interface WorkerOptions extends SqliteFileOptions {
  /** Whether a worker before it has made this process the owner, which ended with that worker. */
  isOwner: boolean;
}

/** Bounds how long the first call of a group waits for the others. */
const MAX_GROUP_CALLS = 1_000;

/** The calls of a message, and of the messages that have arrived after it. */
function takeGroup(port: MessagePort, first: readonly Call[]): Call[] {
  const calls = [...first];
  while (calls.length < MAX_GROUP_CALLS) {
    const next = receiveMessageOnPort(port) as { message: readonly Call[] } | undefined; // sent by sqlite-thread.ts
    if (next === undefined) break;
    calls.push(...next.message);
  }
  return calls;
}

function serve(port: MessagePort, database: SqliteDatabase): void {
  const post = (message: WorkerMessage) => {
    port.postMessage(message);
  };
  const core = new SqliteCore(database);
  const onEarly = (outcomes: Outcome[]) => {
    post({ kind: 'early', outcomes });
  };
  port.on('message', (first: readonly Call[]) => {
    post({ kind: 'outcomes', outcomes: runGroup({ database, core, onEarly }, takeGroup(port, first)) });
  });
  post({ kind: 'opened' });
}

if (parentPort !== null) {
  try {
    const { isOwner, ...file } = workerData as WorkerOptions; // given by sqlite-thread.ts
    const database = openSqlite(file);
    if (isOwner) database.own();
    serve(parentPort, database);
  } catch (error) {
    parentPort.postMessage({ kind: 'not-opened', error: toPlainError(error) } satisfies WorkerMessage);
  }
}
