/** Notices that a reply is written for nobody: no viewer of its conversation, on any gateway, for a whole stretch of time. */
import type { ConversationId } from '@rivulet/protocol';
import type { Clock, Timer } from '../base/clock.ts';
import { describeCause } from '../base/log-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Presence } from '../conversations/presence.ts';

export interface AbandonmentOptions {
  presence: Presence;
  clock: Clock;
  logger: Logger;
}

export interface Watched {
  conversationId: ConversationId;
  /** How long nobody may watch, counted from now at the earliest. */
  afterMs: number;
}

/**
 * Asks at the earliest moment at which the time can be over, and after each answer again: once in `afterMs` while somebody
 * watches, and never late. @param onAbandoned called once at most. @returns the way to stop
 */
export function noticeAbandonment(
  { presence, clock, logger }: AbandonmentOptions,
  { conversationId, afterMs }: Watched,
  onAbandoned: () => void,
): () => void {
  const startedAtMs = clock.now();
  let isOver = false;
  let timer: Timer;
  const askIn = (delayMs: number) => {
    timer = clock.after(delayMs, () => {
      void ask();
    });
  };
  const ask = async () => {
    const unwatchedMs = await presence.unwatchedForMs(conversationId).catch((error: unknown) => {
      // A log that cannot be asked is no sign that nobody watches.
      logger.warn({ conversationId, ...describeCause(error) }, 'the event log did not say who watches');
      return 0;
    });
    if (isOver) return;
    const goneMs = Math.min(unwatchedMs, clock.now() - startedAtMs);
    if (goneMs >= afterMs) onAbandoned();
    else askIn(afterMs - goneMs);
  };
  askIn(afterMs);
  return () => {
    isOver = true;
    timer.cancel();
  };
}
