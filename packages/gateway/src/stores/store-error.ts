/** What goes wrong inside a store before it is wrapped in a ChatError. */

/**
 * - `closed`: the store was used after `close()`.
 * - `answer-without-run`: `accept` was given an assistant message that has no run.
 * - `migration-blocked`: other transactions held the tables of a migration all the time.
 * - `importing`: the database holds a part of what a data folder held, and the import is not complete.
 * - `import-refused`: the database is in use or not empty, so that nothing is imported into it.
 * - `newer-schema`: the database was written by a newer version of the gateway.
 * - `older-schema`: the database is so old that this version of the gateway cannot migrate it.
 * - `schema-behind`: the database has to be migrated, and this gateway may not do it.
 * - `unsupported-node`: this version of Node has no SQLite.
 * - `overloaded`: too many calls wait for the database.
 * - `owned`: another process is the only user of the database. It becomes a ChatError `conflict`.
 * - `unavailable`: the database cannot be used: it is down, refuses the gateway, is read-only or full.
 * - `invalid-url`: the connection string cannot be used.
 * - `worker-ended`: the thread that writes the database has ended.
 */
export type StoreErrorCode =
  | 'closed'
  | 'answer-without-run'
  | 'migration-blocked'
  | 'importing'
  | 'import-refused'
  | 'newer-schema'
  | 'older-schema'
  | 'schema-behind'
  | 'unsupported-node'
  | 'overloaded'
  | 'unavailable'
  | 'invalid-url'
  | 'worker-ended'
  | 'owned';

/**
 * Callers of a store meet it as the `cause` of a ChatError `internal`; the gateway's log shows its `code` and its message, which
 * names the cause and what to do.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly isForOperator = true;
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The error of `Store.accept` when the answer has no run. */
export const answerWithoutRun = (): StoreError =>
  new StoreError('answer-without-run', 'An accepted answer needs a run. Give the assistant message a `run`.');

/** The error for a database file that a newer gateway has written; it follows the name of the file. */
export const newerSchema = (version: number, supported: number): StoreError =>
  new StoreError(
    'newer-schema',
    `it has schema version ${version}, and this gateway supports up to ${supported}. Update the gateway.`,
  );

/** The message of the ChatError `conflict` of `Store.own`. @param owner names the other process */
export const ownedMessage = (store: string, owner: string): string =>
  `${store} is used by another gateway: ${owner}. Stop it, or configure Redis for both, so that several gateways can share the store.`;
