/** WebSocket close codes: one table, read by both sides. @see PROTOCOL.md §12 */

/**
 * What a client does after a close. `now`: reconnect at once, with jitter. `backoff`: reconnect with backoff. `never`: do not
 * reconnect.
 */
export type ComeBack = 'now' | 'backoff' | 'never';

/** The close codes of the gateway and of the client, by name. The hundreds say what a client does next: see `comeBackAfter`. */
export const CLOSE_CODES = {
  drain: 4000,
  slow: 4001,
  rebalance: 4002,
  'bad-frame': 4400,
  unauthenticated: 4401,
  'origin-denied': 4403,
  'site-unknown': 4404,
  unsupported: 4406,
  replaced: 4409,
  'too-large': 4413,
  internal: 4500,
  heartbeat: 4501,
  'rate-limited': 4502,
  'hello-timeout': 4503,
  'proof-required': 4504,
} as const;

/** The name of a close code. */
export type CloseReason = keyof typeof CLOSE_CODES;

/**
 * What the WebSocket layer of the gateway closes with when a frame breaks RFC 6455: a protocol error, a type of data that is not
 * taken, text that is not UTF-8, a message over its limit. The same frame would be refused again.
 */
const REFUSED_BY_WEBSOCKET: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009]);

/** What a client does after a close with `code`. A code outside the tables, such as 1006, means backoff. */
export function comeBackAfter(code: number): ComeBack {
  if (code >= 4000 && code < 4100) return 'now';
  if ((code >= 4400 && code < 4500) || REFUSED_BY_WEBSOCKET.has(code)) return 'never';
  return 'backoff';
}

/** The name of a close code, or undefined for a code outside the table. */
export function closeReasonOf(code: number): CloseReason | undefined {
  const entries = Object.entries(CLOSE_CODES) as [CloseReason, number][]; // Object.entries forgets the key type
  return entries.find(([, value]) => value === code)?.[0];
}
