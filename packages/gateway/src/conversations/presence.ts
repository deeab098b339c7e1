/** Who on this gateway watches which conversation, told to the others: only for sites that ask for it. */
import type { ConversationId } from '@rivulet/protocol';
import type { Clock, Timer } from '../base/clock.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { describeCause } from '../base/log-error.ts';
import type { Limits } from '../base/limits.ts';
import type { Logger } from '../base/logger.ts';

export interface Presence {
  /** Counts one viewer more, until the signal aborts. */
  attend(id: ConversationId, signal: AbortSignal): void;
  /** For how long nobody on any gateway has watched. A viewer of this one is known without asking. */
  unwatchedForMs(id: ConversationId): Promise<number>;
}

export interface PresenceOptions {
  eventLog: EventLog;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

/** A watch outlives two that got lost, like a lease: a gateway that says nothing for longer has died, and its viewers with it. */
const HOLDS_PER_LEASE = 3;

export function createPresence(options: PresenceOptions): Presence {
  /** One watch for all viewers of a conversation here. */
  const here = new Map<ConversationId, { viewers: number; stop: () => void }>();
  return {
    attend(id, signal) {
      if (signal.aborted) return;
      const watched = here.get(id) ?? { viewers: 0, stop: keepWatch(options, id) };
      here.set(id, watched);
      watched.viewers += 1;
      const leave = () => {
        watched.viewers -= 1;
        if (watched.viewers > 0) return;
        here.delete(id);
        watched.stop();
      };
      signal.addEventListener('abort', leave, { once: true });
    },
    unwatchedForMs: (id) => (here.has(id) ? Promise.resolve(0) : options.eventLog.unwatchedForMs(id)),
  };
}

/** Holds a watch from now on. @returns the way to let it go */
function keepWatch(
  { eventLog, clock, limits, logger }: PresenceOptions,
  conversationId: ConversationId,
): () => void {
  const watch = eventLog.watch(conversationId);
  // What could not be said is said again with the next turn, and a watch that nobody lets go ends by itself.
  const report = (error: unknown) => {
    logger.warn({ conversationId, ...describeCause(error) }, 'the event log was not told who watches');
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
