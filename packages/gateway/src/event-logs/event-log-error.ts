/** What goes wrong inside an event log before it is wrapped in a ChatError. */

/**
 * - `closed`: the log was used after `close()`.
 * - `wrong-lease`: an append was given the lease of another conversation.
 * - `redis-unavailable`: the connection to Redis is down, or Redis did not answer in time.
 * - `redis-refused`: Redis cannot be used as it is configured; trying again does not help.
 * - `invalid-url`: the URL of Redis cannot be used.
 * - `unreadable-message`: another gateway published something that this version cannot read.
 */
export type EventLogErrorCode =
  'closed' | 'wrong-lease' | 'redis-unavailable' | 'redis-refused' | 'invalid-url' | 'unreadable-message';

/**
 * Callers of an event log meet it as the `cause` of a ChatError `internal`; the gateway's log shows its `code` and its message,
 * which names the cause and what to do.
 */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly isForOperator = true;
  readonly code: EventLogErrorCode;

  constructor(code: EventLogErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
