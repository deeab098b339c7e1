/**
 * Describes failures for the log by their type and codes. Messages are left out, because they may quote a prompt or a key, except
 * those that were written for the operator.
 */
import { isExplained } from './explained-error.ts';

/** Properties of errors that name no content. Those of the second line are of an upstream's error, those of the third of moderation. */
const FACTS = [
  ...['status', 'code', 'errno', 'syscall', 'requestID', 'limit', 'limitMs'],
  ...['host', 'model', 'requestId', 'reason'],
  ...['moderator', 'category'],
];

/** The fields for a log line about `cause`; `{}` when there is none. */
export function describeCause(cause: unknown): { cause?: Record<string, string | number> } {
  if (cause === undefined || cause === null) return {};
  if (!(cause instanceof Error)) return { cause: { type: typeof cause } };
  const facts: Record<string, string | number> = { type: cause.name };
  for (const key of FACTS) {
    const value: unknown = Reflect.get(cause, key);
    if (typeof value === 'string' || typeof value === 'number') facts[key] = value;
  }
  if (isExplained(cause)) facts.problem = cause.message;
  // A network error is identified by its own cause (ECONNREFUSED below "fetch failed").
  const inner = describeCause(cause.cause).cause;
  for (const [key, value] of Object.entries(inner ?? {})) facts[`inner_${key}`] = value;
  return { cause: facts };
}
