/** A session lives no longer than the token that opened it, or the fresh one that it was given since. */
import { ChatError } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Clock, Timer } from '../base/clock.ts';

export interface SessionExpiry {
  /** Ends with this principal's token from now on; without an end of its own, never. */
  follow(principal: Principal): void;
  stop(): void;
}

/** Timers hold 24.8 days at most and fire at once beyond it; visitors' tokens live longer. */
const LONGEST_TIMER_MS = 24 * 60 * 60_000;

/** @param onExpired called once, when the token that was followed last has ended */
export function createSessionExpiry(clock: Clock, onExpired: () => void): SessionExpiry {
  let timer: Timer | undefined;
  const arm = (expiresAtMs: number) => {
    const leftMs = Math.max(0, expiresAtMs - clock.now());
    timer = clock.after(Math.min(leftMs, LONGEST_TIMER_MS), () => {
      if (clock.now() >= expiresAtMs) onExpired();
      else arm(expiresAtMs);
    });
  };
  return {
    follow({ expiresAtMs }) {
      timer?.cancel();
      if (expiresAtMs !== undefined) arm(expiresAtMs);
    },
    stop() {
      timer?.cancel();
    },
  };
}

/** What the client is told as its session ends. */
export const expired = (): ChatError =>
  new ChatError('unauthenticated', { message: 'The token has expired; come back with a fresh one.' });

/** A session stays one principal's: what it views was allowed to that one. @throws {ChatError} forbidden */
export function checkSamePrincipal(before: Principal, after: Principal): void {
  if (after.id === before.id && after.kind === before.kind && after.siteId === before.siteId) return;
  throw new ChatError('forbidden', {
    message: 'This token is somebody else\u2019s; open another connection with it.',
  });
}
