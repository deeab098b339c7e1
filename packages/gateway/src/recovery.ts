/** After a crash: replies that nobody writes any more are closed as `interrupted`, their text kept. */
import {
  ChatError,
  emptyConversation,
  fold,
  type ConversationId,
  type Message,
  type RunId,
} from '@rivulet/protocol';
import type { Clock } from './clock.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './logger.ts';
import { Reply } from './reply.ts';
import { finishedEvent } from './run.ts';
import type { Sections } from './sections.ts';
import type { Store } from './stores/store.ts';

export interface RecoveryOptions {
  store: Store;
  eventLog: EventLog;
  sections: Sections;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  /** Whether this gateway writes the run, or has it wait for its turn. */
  isLive: (runId: RunId) => boolean;
}

export interface Recovery {
  /** Looks once for replies that nobody writes, and closes them. @returns how many */
  sweep(): Promise<number>;
}

/**
 * On a log of one process nobody else is alive, so what is unfinished and not ours is dead. On a shared log a run may wait on
 * another gateway between two leases, for a fifth of a second at most: it is dead when two sweeps in a row find it unleased.
 */
export function createRecovery(options: RecoveryOptions): Recovery {
  let suspects = new Set<RunId>();
  return {
    async sweep() {
      const { store, eventLog, logger, isLive } = options;
      const seen = new Set<RunId>();
      let closed = 0;
      for (const { conversationId, message } of await store.listRunning()) {
        const runId = message.run?.id;
        if (runId === undefined || isLive(runId)) continue;
        const isDead = !eventLog.isShared || suspects.has(runId);
        if (await closeOrSuspect(options, { conversationId, message, isDead })) closed += isDead ? 1 : 0;
        else continue;
        seen.add(runId);
      }
      suspects = seen;
      if (closed > 0) logger.warn({ closed }, 'closed replies that nobody wrote any more');
      return closed;
    },
  };
}

interface Found {
  conversationId: ConversationId;
  message: Message;
  isDead: boolean;
}

/** @returns false while somebody holds the lease */
async function closeOrSuspect(
  options: RecoveryOptions,
  { conversationId, message, isDead }: Found,
): Promise<boolean> {
  const { store, eventLog, sections, clock, limits } = options;
  const lease = await eventLog.acquireLease(conversationId, limits.leaseMs);
  if (lease === undefined) return false;
  if (isDead) {
    await sections.run(conversationId, async () => {
      const written = await latest(options, conversationId, message);
      const reply = new Reply(conversationId, written);
      const error = new ChatError('interrupted');
      const event = finishedEvent(written, { reason: 'interrupted', error }, clock.now());
      reply.fold(event);
      await store.putMessages(conversationId, [reply.message], clock.now());
      await eventLog.append(conversationId, [event], { lease });
    });
  }
  await lease.release();
  return true;
}

/** The message with what is still in the log beyond its last checkpoint. */
async function latest({ eventLog }: RecoveryOptions, id: ConversationId, message: Message): Promise<Message> {
  const { events } = await eventLog.read(id);
  const stored = { ...emptyConversation(id, 0), messages: [message] };
  return events.reduce(fold, stored).messages.find((one) => one.id === message.id) ?? message;
}
