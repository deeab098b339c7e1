/** Tells errors that Postgres reported from failures of the connection. */
import type * as pg from 'pg';

/** Whether the server reported the error: of all errors of `pg`, only these have a severity. */
export function isServerError(error: unknown): error is pg.DatabaseError {
  return error instanceof Error && 'severity' in error;
}

/** A failure of the connection, as opposed to an error that the server reported. */
class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Whether `markConnectionErrors` marked the error. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof ConnectionError;
}

/** Rejects like `reply`; an error that the server did not report becomes a connection error, with the original as its cause. */
export async function markConnectionErrors<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    if (isServerError(error)) throw error;
    throw new ConnectionError('The database did not answer. Check that Postgres is up and reachable.', {
      cause: error,
    });
  }
}

/** Whether the error may be that of one statement or row, and not of the connection or the server. */
export const isOfOneCall = (error: unknown): boolean => isServerError(error) && !isFatal(error);

/** Whether the server ends the connection with this error. */
export const isFatal = ({ severity }: pg.DatabaseError): boolean =>
  severity === 'FATAL' || severity === 'PANIC';
