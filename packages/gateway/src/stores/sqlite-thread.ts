/** The worker thread of a SQLite store, seen from the main thread: sends calls, receives their outcomes, survives its death. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ChatError } from '@rivulet/protocol';
import type { SqliteCore } from './sqlite-core.ts';
import type { SqliteFileOptions } from './sqlite-database.ts';
import type { Call, Outcome, PlainError } from './sqlite-groups.ts';
import type { WorkerMessage, WorkerOptions } from './sqlite-worker.ts';
import { explainSqlite } from './sqlite-explain.ts';
import { StoreError } from './store-error.ts';

type Method = Exclude<keyof SqliteCore, 'close' | 'own'>;
type Args<Name extends Method> = Parameters<SqliteCore[Name]>;
type Result<Name extends Method> = ReturnType<SqliteCore[Name]>;

/** The result of a write that was executed and is not on disk yet. */
export interface EarlyResult<Value> {
  result: Value;
  /** Resolves when the write is on disk, rejects with ChatError `internal` when it could not be written. May be ignored. */
  durable: Promise<void>;
}

/** A worker thread with an open SQLite file. Every method rejects with ChatError `internal`. */
export interface SqliteThread {
  /** Calls a method of `SqliteCore`. A write has resolved when it is on disk. Calls take effect in order. */
  call<Name extends Method>(method: Name, ...args: Args<Name>): Promise<Result<Name>>;
  /**
   * Calls a method, and resolves when it was executed. A write may fail afterwards, and a read may have seen such a write; nobody else
   * sees it before it is on disk.
   */
  callEarly<Name extends Method>(method: Name, ...args: Args<Name>): Promise<EarlyResult<Result<Name>>>;
  /** @see Store.own. A worker that is started after a death owns the file before it does anything else. */
  own(): Promise<void>;
  /** Waits for all calls, closes the file and ends the worker. May be called twice. */
  close(): Promise<void>;
}

/** What `startSqliteThread` needs. */
export interface SqliteThreadOptions extends SqliteFileOptions {
  /** Creates the worker. Default: a thread that runs sqlite-worker.ts. */
  createWorker?: (options: WorkerOptions) => Worker;
  /** Milliseconds of a monotonic clock. Default: `performance.now`. */
  nowMs?: () => number;
}

/** How many calls may wait for the worker. At 3,000 writes a second this is more than three seconds of work. */
const MAX_WAITING_CALLS = 10_000;
/** A worker that dies again and again is started once in this time; calls in between reject. */
const RESTART_INTERVAL_MS = 1_000;

/**
 * Starts the worker and opens the file in it.
 * @throws {ChatError} `internal`, naming the file, when it cannot be opened
 */
export async function startSqliteThread(options: SqliteThreadOptions): Promise<SqliteThread> {
  const thread = new Thread(options, 'write');
  await thread.open();
  return thread;
}

/** A thread that only reads. */
export type SqliteReader = Pick<SqliteThread, 'call' | 'close'>;

/**
 * Creates a second thread for reads that may take long, so that no write waits for them. It opens the file with its first call: a gateway
 * whose console nobody uses has none. It must be closed before the thread that writes, which empties the log when it is the last one.
 */
export const createSqliteReader = (options: SqliteThreadOptions): SqliteReader => new Thread(options, 'read');

/** `.ts` where the sources are run, `.js` where they were built. */
function startWorker(workerData: WorkerOptions): Worker {
  const entry = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url);
  // Without the options of this process: some of them, such as --input-type, are refused with a file.
  return new Worker(entry, { workerData, execArgv: [] });
}

interface Waiting {
  onEarly: (result: unknown) => void;
  resolve: (result: unknown) => void;
  reject: (error: ChatError) => void;
  written: Promise<unknown>;
}

interface Running {
  worker: Worker;
  opened: Promise<void>;
}

class Thread implements SqliteThread {
  readonly #options: SqliteThreadOptions;
  readonly #access: WorkerOptions['access'];
  readonly #waiting = new Map<number, Waiting>();
  /** Calls that are sent at the end of this microtask turn, in one message. */
  #unsent: Call[] = [];
  #running: Running | undefined;
  #startedAtMs = -Infinity;
  #isOwner = false;
  #lastId = 0;
  #closing: Promise<void> | undefined;

  constructor(options: SqliteThreadOptions, access: WorkerOptions['access']) {
    this.#options = options;
    this.#access = access;
  }

  open(): Promise<void> {
    return this.#start().opened;
  }

  async call<Name extends Method>(method: Name, ...args: Args<Name>): Promise<Result<Name>> {
    return (await this.#send({ method, args }).written) as Result<Name>; // the worker executes this method
  }

  async callEarly<Name extends Method>(
    method: Name,
    ...args: Args<Name>
  ): Promise<EarlyResult<Result<Name>>> {
    const { executed, written } = this.#send({ method, args, isEarly: true });
    const durable = written.then(() => undefined);
    // A caller that ignores `durable` must not end the process by an unhandled rejection.
    durable.catch(() => undefined);
    const result = (await Promise.race([executed, written])) as Result<Name>; // the worker executes this method
    return { result, durable };
  }

  async own(): Promise<void> {
    await this.#send({ method: 'own', args: [] }).written;
    this.#isOwner = true;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    // `close` must not be in a group with writes: their commit comes after it.
    await Promise.allSettled([...this.#waiting.values()].map(({ written }) => written));
    const running = this.#running;
    if (running === undefined) return;
    try {
      await this.#post(running, { method: 'close', args: [] }).written;
    } finally {
      this.#running = undefined;
      await running.worker.terminate();
    }
  }

  #send(call: Omit<Call, 'id'>): { executed: Promise<unknown>; written: Promise<unknown> } {
    if (this.#closing !== undefined) throw internal(new StoreError('closed', 'The store is closed.'));
    if (this.#waiting.size >= MAX_WAITING_CALLS)
      throw internal(new StoreError('overloaded', `More than ${MAX_WAITING_CALLS} calls wait for the disk.`));
    return this.#post(this.#running ?? this.#start(), call);
  }

  #post(
    { worker }: Running,
    call: Omit<Call, 'id'>,
  ): { executed: Promise<unknown>; written: Promise<unknown> } {
    const id = (this.#lastId += 1);
    const executed = Promise.withResolvers<unknown>();
    const written = Promise.withResolvers<unknown>();
    const { resolve, reject, promise } = written;
    this.#waiting.set(id, { onEarly: executed.resolve, resolve, reject, written: promise });
    // Only a waiting call keeps the process alive.
    if (this.#waiting.size === 1) worker.ref();
    this.#unsent.push({ ...call, id });
    if (this.#unsent.length === 1)
      queueMicrotask(() => {
        this.#flush(worker);
      });
    return { executed: executed.promise, written: written.promise };
  }

  #flush(worker: Worker): void {
    const calls = this.#unsent;
    this.#unsent = [];
    worker.postMessage(calls);
  }

  #start(): Running {
    const {
      file,
      busyTimeoutMs,
      createWorker = startWorker,
      nowMs = () => performance.now(),
    } = this.#options;
    if (nowMs() - this.#startedAtMs < RESTART_INTERVAL_MS)
      throw internal(
        new StoreError('worker-ended', 'The worker of the SQLite store has ended. It is started again.'),
      );
    this.#startedAtMs = nowMs();
    const worker = createWorker({
      file,
      isOwner: this.#isOwner,
      access: this.#access,
      ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
    });
    const opened = Promise.withResolvers<undefined>();
    opened.promise.catch(() => undefined); // after a restart nobody awaits it: the waiting calls reject
    const end = (error: ChatError) => {
      opened.reject(error);
      this.#end(worker, error);
    };
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'opened') {
        if (this.#waiting.size === 0) worker.unref();
        opened.resolve(undefined);
      } else if (message.kind === 'not-opened') end(cannotOpen(file, message.error));
      else this.#receive(worker, message);
    });
    worker.on('error', (error) => {
      end(internal(error));
    });
    worker.on('exit', (code) => {
      end(
        internal(new StoreError('worker-ended', `The worker of the SQLite store ended with code ${code}.`)),
      );
    });
    this.#running = { worker, opened: opened.promise };
    return this.#running;
  }

  #receive(worker: Worker, message: Extract<WorkerMessage, { kind: 'early' | 'outcomes' }>): void {
    if (message.kind === 'early') {
      for (const outcome of message.outcomes)
        if ('result' in outcome) this.#waiting.get(outcome.id)?.onEarly(outcome.result);
      return;
    }
    for (const outcome of message.outcomes) this.#settle(outcome);
    if (this.#waiting.size === 0) worker.unref();
  }

  #settle(outcome: Outcome): void {
    const waiting = this.#waiting.get(outcome.id);
    this.#waiting.delete(outcome.id);
    if ('error' in outcome) waiting?.reject(toChatError(outcome.error));
    else waiting?.resolve(outcome.result);
  }

  /** The next call starts another worker. */
  #end(worker: Worker, error: ChatError): void {
    if (this.#running?.worker !== worker) return;
    this.#running = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

const internal = (cause: unknown): ChatError => new ChatError('internal', { cause });

const toChatError = (error: PlainError): ChatError =>
  error.code === 'owned'
    ? new ChatError('conflict', { message: error.message, cause: toError(error) })
    : internal(toError(error));

function cannotOpen(file: string, error: PlainError): ChatError {
  if (error.code === 'owned') return toChatError(error);
  const cause = toError(error);
  // A sentence of a StoreError already says what to do.
  const problem = error.name === 'StoreError' ? error.message : explainSqlite(cause);
  const message = `The database file ${file} cannot be opened: ${problem}`;
  return new ChatError('internal', { message, cause });
}

/** The error of the worker as an error of this thread, with its name and its code, which the log shows. */
function toError({ name, message, code }: PlainError): Error {
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code });
}
