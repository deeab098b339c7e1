/** What goes wrong inside an event log before it is wrapped in a ChatError. */

/**
 * - `closed`: the log was used after `close()`.
 * - `wrong-lease`: an append was given the lease of another conversation.
 * - `redis-unavailable`: the connection to Redis is down, or Redis did not answer in time.
 * - `unreadable-message`: another gateway published something that this version cannot read.
 */
export type EventLogErrorCode = 'closed' | 'wrong-lease' | 'redis-unavailable' | 'unreadable-message';

/** Callers of an event log meet it as the `cause` of a ChatError `internal`; the gateway's log shows its `code`. */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly code: EventLogErrorCode;

  constructor(code: EventLogErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
