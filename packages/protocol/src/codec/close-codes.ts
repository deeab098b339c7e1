/** WebSocket close codes: one table, read by both sides. */

/** `now`: come back at once, with jitter. `backoff`: come back with backoff. `never`: do not come back. */
export type ComeBack = 'now' | 'backoff' | 'never';

export const CLOSE_CODES = {
  drain: 4000,
  slow: 4001,
  rebalance: 4002,
  'bad-frame': 4400,
  unauthenticated: 4401,
  'origin-denied': 4403,
  unsupported: 4406,
  replaced: 4409,
  'too-large': 4413,
  internal: 4500,
  heartbeat: 4501,
  'rate-limited': 4502,
  'hello-timeout': 4503,
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

/** What a client does after a close with `code`; a code outside the table (1006 and its kin) means backoff. */
export function comeBackAfter(code: number): ComeBack {
  if (code >= 4000 && code < 4100) return 'now';
  if (code >= 4400 && code < 4500) return 'never';
  return 'backoff';
}

/** The name of a close code, or undefined for one outside the table. */
export function closeReasonOf(code: number): CloseReason | undefined {
  const entries = Object.entries(CLOSE_CODES) as [CloseReason, number][]; // Object.entries forgets the key type
  return entries.find(([, value]) => value === code)?.[0];
}
