/** Ends a session when its token expires, unless the client has sent a newer token. */
import type { ChatError } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import { refusal, type Clock, type Timer } from '../base/index.ts';

/** The expiry timer of one session. */
export interface SessionExpiry {
  /** Uses the expiry of this principal's token from now on. A token without an expiry never ends the session. */
  follow(principal: Principal): void;
  /** Cancels the timer. May be called twice. */
  stop(): void;
}

/** Node's timers overflow after 24.8 days and fire at once; visitor tokens live longer. */
const MAX_TIMER_MS = 24 * 60 * 60_000;

/** Creates an expiry without a timer. @param onExpired called once, when the token that was followed last has expired */
export function createSessionExpiry(clock: Clock, onExpired: () => void): SessionExpiry {
  let timer: Timer | undefined;
  const schedule = (expiresAtMs: number) => {
    const leftMs = Math.max(0, expiresAtMs - clock.now());
    timer = clock.after(Math.min(leftMs, MAX_TIMER_MS), () => {
      if (clock.now() >= expiresAtMs) onExpired();
      else schedule(expiresAtMs);
    });
  };
  return {
    follow({ expiresAtMs }) {
      timer?.cancel();
      if (expiresAtMs !== undefined) schedule(expiresAtMs);
    },
    stop() {
      timer?.cancel();
    },
  };
}

/** The error that a client gets when its token has expired. */
export const expiredError = (): ChatError =>
  refusal('unauthenticated', 'token-expired', {
    message: 'The token has expired; reconnect with a new one.',
  });
