/** Group commit: the calls that have arrived meanwhile share one transaction, and so one sync of the disk. */
import { BrokenTransactionError, type Durability, type SqliteDatabase } from './sqlite-database.ts';
import type { SqliteCore } from './sqlite-core.ts';
import { ERASES, WRITES } from './sqlite-writes.ts';

/** A call of a method of `SqliteCore`. */
export interface Call {
  /** Chosen by the caller, unique among the calls that wait. `close` is called when no other call waits. */
  id: number;
  method: keyof SqliteCore;
  args: readonly unknown[];
  /** Whether the result is wanted before it, and what it has read, is on disk. */
  isEarly?: boolean;
}

/** An error as plain values: an error object loses its name and code when it is sent to another thread. */
export interface PlainError {
  name: string;
  message: string;
  code: string | undefined;
}

/** What a call came to. An outcome of a write is reported when the write is on disk. */
export type Outcome = { id: number; result: unknown } | { id: number; error: PlainError };

/** Converts whatever was thrown. */
export function toPlainError(error: unknown): PlainError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { name, message, code };
}

/** What `runGroup` works on. */
export interface GroupOptions {
  database: SqliteDatabase;
  core: SqliteCore;
  /**
   * Receives the outcomes of the calls with `isEarly` when all calls of the group were executed; their durability is reported by the
   * group's outcomes.
   */
  onEarly: (outcomes: Outcome[]) => void;
}

/**
 * Executes the calls in order. The writes share one transaction, synced when one of them requires it; a call that fails is
 * rolled back alone. When the transaction cannot be committed, every call of the group fails, reads included, because they may
 * have read what was not written.
 * @returns the outcomes, in the order of the calls
 */
export function runGroup(options: GroupOptions, calls: readonly Call[]): Outcome[] {
  const { database, core } = options;
  const durability = durabilityOf(calls);
  if (durability === undefined) return calls.map((call) => attempt(call, () => execute(core, call)));
  try {
    database.begin(durability);
  } catch (error) {
    // Another process holds the lock, for example. It does not keep the reads from being answered.
    return calls.map((call) =>
      isWrite(call) ? failed(call, error) : attempt(call, () => execute(core, call)),
    );
  }
  try {
    const outcomes = calls.map((call) => runInTransaction(options, call));
    const early = outcomes.filter((_, index) => calls[index]?.isEarly);
    if (early.length > 0) options.onEarly(early);
    database.commit();
    return truncateAfterErasing(database, calls, outcomes);
  } catch (error) {
    database.rollBack();
    return calls.map((call) => failed(call, error));
  }
}

/** The strongest durability that a call of the group requires; undefined when all of them read. */
function durabilityOf(calls: readonly Call[]): Durability | undefined {
  const wanted = calls.filter(isWrite).map(({ method }) => WRITES[method]);
  return wanted.find((durability) => durability === 'power-loss') ?? wanted[0];
}

const isWrite = (call: Call): call is Call & { method: keyof typeof WRITES } => call.method in WRITES;

function runInTransaction({ database, core }: GroupOptions, call: Call): Outcome {
  return attempt(call, () =>
    isWrite(call) ? database.step(() => execute(core, call)) : execute(core, call),
  );
}

/** Only the end of the transaction itself is thrown. */
function attempt(call: Call, work: () => unknown): Outcome {
  try {
    return { id: call.id, result: work() };
  } catch (error) {
    if (error instanceof BrokenTransactionError) throw error;
    return failed(call, error);
  }
}

/** The names and types of the arguments are checked where the call is made. */
function execute(core: SqliteCore, { method, args }: Call): unknown {
  return (core[method] as (...values: readonly unknown[]) => unknown).apply(core, [...args]);
}

function truncateAfterErasing(
  database: SqliteDatabase,
  calls: readonly Call[],
  outcomes: Outcome[],
): Outcome[] {
  if (!calls.some(({ method }) => ERASES.has(method))) return outcomes;
  try {
    database.truncateLog();
    return outcomes;
  } catch (error) {
    return calls.map((call, index) =>
      ERASES.has(call.method) ? failed(call, error) : (outcomes[index] ?? failed(call, error)),
    );
  }
}

const failed = ({ id }: Call, error: unknown): Outcome => ({ id, error: toPlainError(error) });
