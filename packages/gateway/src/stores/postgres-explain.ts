/** Says what a failure of Postgres means and what to do: the sentence that ends the start of a gateway. */
import { describeNetworkFailure } from '../base/index.ts';
import { isServerError } from './postgres-errors.ts';
import type { PostgresTarget } from './postgres-target.ts';
import { StoreError } from './store-error.ts';

type Sentence = (target: PostgresTarget) => string;
const READ_ONLY = '25006';

/** By SQLSTATE, for failures of the server's state or of the set-up. Others are faults of a statement and are not explained. */
const STATES = new Map<string, Sentence>([
  ['28P01', ({ user }) => `refuses the password of the user "${user}"; correct user and password in the URL`],
  [
    '28000',
    ({ user }) =>
      `does not let the user "${user}" in; check that the user exists and the server's pg_hba.conf`,
  ],
  [
    '3D000',
    ({ database }) =>
      `has no database "${database}"; create it (CREATE DATABASE "${database}"), or name another one in the URL`,
  ],
  [
    '53300',
    () =>
      'has no connection left; raise its max_connections, or close connections of other programs (a gateway uses postgresPool.maxConnections and up to two more)',
  ],
  ['53100', () => 'has no disk space left; free some'],
  ['53200', () => 'has no memory left; give it more'],
  ['57P03', () => 'is starting up or shutting down; start the gateway again in a moment'],
  ['57P01', () => 'is being shut down; start the gateway again when it is up'],
  [
    READ_ONLY,
    () =>
      'is read-only; use the URL of the primary, not of a replica, and check default_transaction_read_only',
  ],
  [
    '42501',
    ({ user, database }) =>
      `does not let the user "${user}" use or create the tables in the database "${database}"; GRANT ALL ON SCHEMA public TO "${user}", or use the user who owns them`,
  ],
  [
    '3F000',
    () => 'has no schema for the tables; create the schema public, or set the search_path of the user',
  ],
]);
const NEEDS_TLS = 'requires TLS; add sslmode=require to the URL';

/** Failures of the driver that have no code, by their text. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/, 'does not speak TLS; remove sslmode from the URL'],
  [
    /client password must be|no password/i,
    'asks for a password; give it in the URL: postgres://user:password@host/database',
  ],
  [
    /timeout|timed out/i,
    'does not answer in time; check that it is up, and the firewall between it and the gateway',
  ],
  [
    /terminated unexpectedly|establishing an SSL|did not answer/,
    'closed the connection; check that the port is that of Postgres, and whether the server requires TLS',
  ],
];

/**
 * The error as a StoreError `unavailable` whose message names the server, the cause and what to do. Any other error, such as one
 * of a statement, is returned as it is.
 */
export function explainPostgres(error: unknown, target: PostgresTarget): unknown {
  if (error instanceof StoreError) return error;
  const problem = problemOf(error, target);
  if (problem === undefined) return error;
  return unavailable(target, problem, error);
}

/** The error of a database whose transactions are read-only. */
export function readOnlyFailure(target: PostgresTarget): StoreError {
  return unavailable(target, stateOf(READ_ONLY, target) ?? READ_ONLY);
}

const unavailable = (target: PostgresTarget, problem: string, cause?: unknown): StoreError =>
  new StoreError('unavailable', `Postgres at ${target.server} ${problem}.`, cause);

function stateOf(code: string, target: PostgresTarget): string | undefined {
  const sentence = STATES.get(code);
  return sentence && `${sentence(target)} (${code})`;
}

function problemOf(error: unknown, target: PostgresTarget): string | undefined {
  if (isServerError(error)) {
    const { code = '', message } = error;
    const needsTls = code === '28000' && /no encryption|SSL off|SSL.*required/i.test(message);
    return needsTls ? `${NEEDS_TLS} (${code})` : stateOf(code, target);
  }
  return describeNetworkFailure(error) ?? textProblemOf(error);
}

function textProblemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // The cause first: a connection error of ours wraps that of the driver.
  return textProblemOf(error.cause) ?? TEXTS.find(([pattern]) => pattern.test(error.message))?.[1];
}
