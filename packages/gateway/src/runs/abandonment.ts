/** Detects a reply without viewers: no gateway has had a viewer of its conversation for a configured time. */
import type { ConversationId } from '@rivulet/protocol';
import { type Clock, describeCause, type Logger, type Timer } from '../base/index.ts';
import type { Presence } from '../conversations/presence.ts';

/** What the detection of abandoned replies needs. */
export interface AbandonmentOptions {
  /** Says for how long a conversation has had no viewers, on all gateways. */
  presence: Presence;
  clock: Clock;
  logger: Logger;
}

/** Which conversation is watched, and the time limit. */
export interface AbandonmentWatch {
  conversationId: ConversationId;
  /** Milliseconds without a viewer after which the reply is abandoned. Time before the watch began does not count. */
  afterMs: number;
}

/**
 * Watches until the conversation has had no viewers for `afterMs`. The next check is scheduled for the earliest moment at which
 * the limit can be reached: that is one check per `afterMs` while the conversation has viewers, and the detection is never late.
 * @param onAbandoned called once at most.
 * @returns a function that stops the watch.
 */
export function watchForAbandonment(
  { presence, clock, logger }: AbandonmentOptions,
  { conversationId, afterMs }: AbandonmentWatch,
  onAbandoned: () => void,
): () => void {
  const startedAtMs = clock.now();
  let isStopped = false;
  let timer: Timer;
  const scheduleCheck = (delayMs: number) => {
    timer = clock.after(delayMs, () => {
      void check();
    });
  };
  const check = async () => {
    const unwatchedMs = await presence.unwatchedForMs(conversationId).catch((error: unknown) => {
      // An event log that cannot be reached is no evidence that there are no viewers: check again later.
      logger.warn(
        { conversationId, ...describeCause(error) },
        'could not read from the event log whether the conversation has viewers; will check again',
      );
      return 0;
    });
    if (isStopped) return;
    const absentMs = Math.min(unwatchedMs, clock.now() - startedAtMs);
    if (absentMs >= afterMs) onAbandoned();
    else scheduleCheck(afterMs - absentMs);
  };
  scheduleCheck(afterMs);
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
