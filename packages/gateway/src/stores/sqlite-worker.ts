/** The entry of the worker thread in which the SQLite store does its work. Started by `startSqliteThread`. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { SqliteCore } from './sqlite-core.ts';
import {
  openSqlite,
  openSqliteReader,
  type SqliteDatabase,
  type SqliteFileOptions,
} from './sqlite-database.ts';
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
  /** `read`: another worker of this process has opened the file, and writes it. */
  access: 'write' | 'read';
}

/** Bounds how long the first call of a group waits for the others. */
const MAX_GROUP_CALLS = 1_000;

/** How often the log is tried again when a backup has kept it from being emptied after an erasure. */
const TRUNCATE_RETRY_MS = 1_000;

/** Returns a function that empties the log later, when that is due. */
function createLogTruncation(database: SqliteDatabase): () => void {
  let timer: NodeJS.Timeout | undefined;
  const retry = () => {
    timer = undefined;
    if (!database.mustTruncateLog()) return;
    try {
      database.truncateLog();
    } catch {
      // The disk may be full or failing: the next write reports it, and this is tried again.
    }
    schedule();
  };
  const schedule = () => {
    if (database.mustTruncateLog()) timer ??= setTimeout(retry, TRUNCATE_RETRY_MS);
  };
  return schedule;
}

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
  const truncateLater = createLogTruncation(database);
  const onEarly = (outcomes: Outcome[]) => {
    post({ kind: 'early', outcomes });
  };
  port.on('message', (first: readonly Call[]) => {
    post({ kind: 'outcomes', outcomes: runGroup({ database, core, onEarly }, takeGroup(port, first)) });
    truncateLater();
  });
  post({ kind: 'opened' });
}

if (parentPort !== null) {
  try {
    const { isOwner, access, ...file } = workerData as WorkerOptions; // given by sqlite-thread.ts
    const database = access === 'read' ? openSqliteReader(file) : openSqlite(file);
    if (isOwner) database.own();
    serve(parentPort, database);
  } catch (error) {
    parentPort.postMessage({ kind: 'not-opened', error: toPlainError(error) } satisfies WorkerMessage);
  }
}
