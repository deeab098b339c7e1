/** After a crash: replies that nobody writes any more are closed as `interrupted`, their text kept. */
import {
  ChatError,
  emptyConversation,
  fold,
  type ConversationId,
  type LoggedEvent,
  type Message,
  type RunId,
} from '@rivulet/protocol';
import type { Clock } from '../base/clock.ts';
import { wholeAnswer } from '../conversations/run-events.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import type { Limits } from '../base/limits.ts';
import type { Logger } from '../base/logger.ts';
import { Reply } from './reply.ts';
import { finishedEvent } from './run.ts';
import type { KeyedMutex } from '../base/keyed-mutex.ts';
import type { Store } from '../stores/store.ts';

export interface RecoveryOptions {
  store: Store;
  eventLog: EventLog;
  mutex: KeyedMutex;
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
      for (const { conversationId, message } of await store.listUnsettled()) {
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
async function closeOrSuspect(options: RecoveryOptions, found: Found): Promise<boolean> {
  const { eventLog, mutex, limits } = options;
  const { conversationId, isDead } = found;
  const lease = await eventLog.acquireLease(conversationId, limits.leaseMs);
  if (lease === undefined) return false;
  try {
    if (isDead) await mutex.run(conversationId, () => close(options, found, lease));
  } finally {
    await lease.release();
  }
  return true;
}

/**
 * Whoever wrote the run may have died, or lost the log, between any two steps: what is stored may be told nowhere. So all of the
 * answer is told again; viewers who know it are not changed by it.
 */
async function close(
  options: RecoveryOptions,
  { conversationId, message }: Found,
  lease: Lease,
): Promise<void> {
  const { store, eventLog } = options;
  const messages = await store.readMessages(conversationId);
  const stored = messages.find(({ id }) => id === message.id);
  if (stored?.run === undefined) return;
  const { events } = await eventLog.read(conversationId);
  const answer =
    stored.run.state === 'running'
      ? await end(options, conversationId, latest(conversationId, events, stored))
      : stored;
  if (answer === undefined) return;
  const isLogged = events.some((event) => event.type === 'run-finished' && event.runId === answer.run?.id);
  if (!isLogged) await eventLog.append(conversationId, wholeAnswer(messages, answer), { lease });
  await store.settleRun(conversationId, answer.id);
}

/** @returns the message as it is over; undefined: its own writer was alive, and quicker */
async function end(
  { store, clock }: RecoveryOptions,
  id: ConversationId,
  written: Message,
): Promise<Message | undefined> {
  const reply = new Reply(id, written);
  const error = new ChatError('interrupted');
  reply.fold(finishedEvent(written, { reason: 'interrupted', error }, clock.now()));
  return (await store.endRun(id, reply.message, clock.now())) ? reply.message : undefined;
}

/** The message with what is still in the log beyond its last checkpoint. */
function latest(id: ConversationId, events: readonly LoggedEvent[], message: Message): Message {
  const stored = { ...emptyConversation(id, 0), messages: [message] };
  return events.reduce(fold, stored).messages.find((one) => one.id === message.id) ?? message;
}
