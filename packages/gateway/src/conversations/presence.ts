/**
 * Tracks which conversations have viewers on this gateway and shares it with the other gateways through the event log. Used only
 * for sites that abandon unwatched replies.
 */
import type { ConversationId } from '@rivulet/protocol';
import { type Clock, describeCause, type Limits, type Logger, type Timer } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';

/** The viewers of conversations. */
export interface Presence {
  /** Adds one viewer, until the signal aborts. */
  addViewer(id: ConversationId, signal: AbortSignal): void;
  /**
   * For how many milliseconds the conversation has had no viewers on any gateway; Infinity when no viewer is remembered. The
   * event log is not read when this gateway has a viewer.
   */
  unwatchedForMs(id: ConversationId): Promise<number>;
}

/** What presence needs; `limits.leaseMs` is the lifetime of a watch. */
export interface PresenceOptions {
  eventLog: EventLog;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

/** A watch survives two lost renewals. When it expires, its gateway has died, and its viewers are disconnected. */
const HOLDS_PER_LEASE = 3;

/** Creates the presence of one gateway. */
export function createPresence(options: PresenceOptions): Presence {
  /** One watch for all viewers of a conversation on this gateway. */
  const watches = new Map<ConversationId, { viewers: number; stop: () => void }>();
  return {
    addViewer(id, signal) {
      if (signal.aborted) return;
      const watch = watches.get(id) ?? { viewers: 0, stop: holdWatch(options, id) };
      watches.set(id, watch);
      watch.viewers += 1;
      const leave = () => {
        watch.viewers -= 1;
        if (watch.viewers > 0) return;
        watches.delete(id);
        watch.stop();
      };
      signal.addEventListener('abort', leave, { once: true });
    },
    unwatchedForMs: (id) => (watches.has(id) ? Promise.resolve(0) : options.eventLog.unwatchedForMs(id)),
  };
}

/** Holds a watch in the event log and renews it. @returns a function that releases it. */
function holdWatch(
  { eventLog, clock, limits, logger }: PresenceOptions,
  conversationId: ConversationId,
): () => void {
  const watch = eventLog.watch(conversationId);
  // A failed renewal is repeated at the next interval; a watch that could not be released expires.
  const report = (error: unknown) => {
    logger.warn(
      { conversationId, ...describeCause(error) },
      'could not write to the event log whether the conversation has viewers',
    );
  };
  let timer: Timer;
  const hold = () => {
    watch.hold(limits.leaseMs).catch(report);
    timer = clock.after(limits.leaseMs / HOLDS_PER_LEASE, hold);
  };
  hold();
  return () => {
    timer.cancel();
    watch.release().catch(report);
  };
}
