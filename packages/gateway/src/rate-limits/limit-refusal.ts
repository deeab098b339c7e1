/** The error of a limit that was reached. */
import type { ChatError } from '@rivulet/protocol';
import { refusal, settingOfLimit, type RateLimitName } from '../base/index.ts';

/** What was refused, by which limit. */
export interface LimitRefusal {
  limit: RateLimitName;
  /** The limit that was reached. */
  bound: number;
  /** Milliseconds after which the next attempt may succeed. */
  retryAfterMs: number;
}

/** Creates the error. It is logged and counted by the name of its limit when it leaves for the client. */
export function limitRefusal({ limit, bound, retryAfterMs }: LimitRefusal): ChatError {
  const { scope, words } = settingOfLimit(limit);
  const who = scope === 'address' ? 'An address' : `A ${scope}`;
  const waitSeconds = Math.ceil(retryAfterMs / 1_000);
  const message = `${who} may have ${bound} ${words}; wait ${waitSeconds} s, then send again.`;
  return refusal('rate-limited', limit, { message, retryAfterMs });
}
