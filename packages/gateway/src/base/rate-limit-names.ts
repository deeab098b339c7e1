/** The names of the limits that protect a gateway from what visitors do, for logs and metrics. */

/** The limits that are counted: uses within a window, or places. */
export const COUNTED_LIMITS = [
  'visitor-messages',
  'address-messages',
  'site-messages',
  'gateway-messages',
  'visitor-runs',
  'address-runs',
  'site-runs',
  'gateway-runs',
  'address-new-visitors',
  'site-new-visitors',
  'gateway-new-visitors',
] as const;
/**
 * What is counted for proofs of work, and is no limit that visitors meet: new visitors that were asked for or admitted, and each proof,
 * which counts once.
 */
export const COUNTED_FOR_PROOFS = ['address-arrivals', 'site-arrivals', 'used-proofs'] as const;
/**
 * What is counted for the console, and is no limit of visitors: attempts to sign in, the beginnings of those by OIDC, their states, each of
 * which counts once, and logouts by the identity provider.
 */
export const COUNTED_FOR_CONSOLE = [
  'console-logins',
  'console-oidc-starts',
  'console-oidc-states',
  'console-oidc-logouts',
] as const;
/** What is counted so that many events are not as many mails, and is no limit of visitors. */
export const COUNTED_FOR_MAIL = ['site-mails'] as const;
/** One of `COUNTED_LIMITS`, `COUNTED_FOR_PROOFS`, `COUNTED_FOR_CONSOLE` or `COUNTED_FOR_MAIL`. */
export type CountedLimit =
  | (typeof COUNTED_LIMITS)[number]
  | (typeof COUNTED_FOR_PROOFS)[number]
  | (typeof COUNTED_FOR_CONSOLE)[number]
  | (typeof COUNTED_FOR_MAIL)[number];

/** Every limit by whose name a refusal is logged and counted. */
export const RATE_LIMIT_NAMES = [
  ...COUNTED_LIMITS,
  'visitor-connections',
  'address-connections',
  'site-connections',
  'gateway-connections',
  'visitor-conversations',
  'visitor-kept-bytes',
] as const;
/** One of `RATE_LIMIT_NAMES`. */
export type RateLimitName = (typeof RATE_LIMIT_NAMES)[number];

/** The settings of the limits, and what each of them counts, in words. */
const SETTINGS = {
  messages: ['messagesPerMinute', 'messages a minute'],
  runs: ['runsAtOnce', 'conversations with an unfinished answer'],
  connections: ['connections', 'connections'],
  conversations: ['conversations', 'conversations'],
  'kept-bytes': ['keptBytes', 'bytes of messages'],
  'new-visitors': ['newVisitorsPer10Minutes', 'new visitors in ten minutes'],
} as const;

/** Where a limit is set, such as `visitor.messagesPerMinute`, and what it counts, in words. */
export function settingOfLimit(limit: RateLimitName): { scope: string; path: string; words: string } {
  const [scope = '', ...kind] = limit.split('-');
  const [setting, words] = SETTINGS[kind.join('-') as keyof typeof SETTINGS]; // the names above have these kinds
  return { scope, path: `${scope}.${setting}`, words };
}
