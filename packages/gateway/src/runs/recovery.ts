/** Recovery after a crash: ends replies that no gateway writes any more as `interrupted` and keeps their text. */
import {
  ChatError,
  emptyConversation,
  fold,
  type ConversationId,
  type LoggedEvent,
  type Message,
  type MessageId,
  type RunId,
} from '@rivulet/protocol';
import {
  describeCause,
  type Clock,
  type KeyedMutex,
  type Limits,
  type Logger,
  type Metrics,
} from '../base/index.ts';
import { amountOf, chargeOfDeadRun, type Charge } from '../budgets/run-charge.ts';
import { runEventsOf } from '../conversations/run-events.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import { Reply } from './reply.ts';
import { recordCharge } from './run-report.ts';
import { finishedEvent } from './run.ts';
import type { ConversationRecord, Store } from '../stores/store.ts';

/** What recovery needs. */
export interface RecoveryOptions {
  store: Store;
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  metrics: Metrics;
  /** Whether this gateway executes the run or has it in its queue. */
  isLive: (runId: RunId) => boolean;
}

/** Finds and closes dead runs. */
export interface Recovery {
  /** Looks once for unfinished replies that no gateway writes, and closes them. @returns the number of closed replies. */
  sweep(): Promise<number>;
}

/**
 * Creates the recovery of one gateway. A run may be accepted and not be executed yet, or wait on another gateway between two leases,
 * for 200 ms at most: it is dead when two sweeps in a row find it without a lease. The first sweep of the only gateway of a store
 * closes at once what an earlier process has left.
 */
export function createRecovery(options: RecoveryOptions): Recovery {
  let suspects = new Set<RunId>();
  let isFirst = !options.eventLog.isShared;
  return {
    async sweep() {
      const { store, logger, isLive } = options;
      const seen = new Set<RunId>();
      let closed = 0;
      for (const { conversationId, messageId, runId } of await store.listUnsettled()) {
        if (isLive(runId)) continue;
        const isDead = isFirst || suspects.has(runId);
        const outcome = await closeOrReport(options, { conversationId, messageId, isDead });
        if (outcome === 'leased') continue;
        if (outcome === 'closed') closed += isDead ? 1 : 0;
        seen.add(runId);
      }
      suspects = seen;
      isFirst = false;
      if (closed > 0) logger.warn({ closed }, 'closed unfinished replies that no gateway was writing');
      return closed;
    },
  };
}

interface UnsettledRun {
  conversationId: ConversationId;
  messageId: MessageId;
  isDead: boolean;
}

/** A reply that cannot be closed must not keep the others from being closed, nor the gateway from starting. */
async function closeOrReport(
  options: RecoveryOptions,
  found: UnsettledRun,
): Promise<'closed' | 'leased' | 'failed'> {
  try {
    return (await closeOrSuspect(options, found)) ? 'closed' : 'leased';
  } catch (error) {
    const { conversationId, messageId } = found;
    options.logger.error(
      { conversationId, messageId, ...describeCause(error) },
      'an unfinished reply could not be closed; the next sweep tries it again',
    );
    return 'failed';
  }
}

/** @returns false while another gateway holds the lease. */
async function closeOrSuspect(options: RecoveryOptions, found: UnsettledRun): Promise<boolean> {
  const { eventLog, mutex, limits } = options;
  const { conversationId, isDead } = found;
  const lease = await eventLog.acquireLease(conversationId, limits.leaseMs);
  if (lease === undefined) return false;
  try {
    if (isDead) await mutex.run(conversationId, () => closeRun(options, found, lease));
  } finally {
    await lease.release();
  }
  return true;
}

/**
 * The writer of the run may have crashed, or lost the log, between any two steps, so what is stored may never have been logged.
 * Therefore the whole answer is logged again; it does not change the state of viewers that have it already.
 */
async function closeRun(
  options: RecoveryOptions,
  { conversationId, messageId }: UnsettledRun,
  lease: Lease,
): Promise<void> {
  const { store, eventLog, isLive } = options;
  const standing = await store.readStanding(conversationId, messageId);
  // A body that is no message at all: nobody can read it, and it would count as a running reply for ever.
  if (standing !== undefined && standing.named === undefined)
    return store.removeMessage(conversationId, messageId);
  const { message: stored, parent: question } = standing?.named ?? {};
  // Its writer was alive: it was accepted a moment ago, or is being ended.
  if (standing === undefined || stored?.run === undefined || isLive(stored.run.id)) return;
  const { events } = await eventLog.read(conversationId);
  const answer =
    stored.run.state === 'running'
      ? await endAsInterrupted(options, standing.record, withLoggedEvents(conversationId, events, stored))
      : stored;
  if (answer === undefined) return;
  const isLogged = events.some((event) => event.type === 'run-finished' && event.runId === answer.run?.id);
  if (!isLogged) await eventLog.append(conversationId, runEventsOf(question, answer), { lease });
  await store.settleRun(conversationId, answer.id);
}

/** @returns the finished message; undefined when its own writer was alive and ended the run first. */
async function endAsInterrupted(
  options: RecoveryOptions,
  { id, siteId, ownerId }: ConversationRecord,
  written: Message,
): Promise<Message | undefined> {
  const { store, clock } = options;
  const reply = new Reply(id, written);
  const error = new ChatError('interrupted');
  reply.fold(finishedEvent(written, { reason: 'interrupted', error }, clock.now()));
  const charge = await chargeOf(options, id, written);
  const spent = charge === undefined ? {} : { spent: amountOf(charge) };
  if (!(await store.endRun(id, { ...reply.message, ...spent }, clock.now()))) return undefined;
  if (charge !== undefined && written.run !== undefined)
    recordCharge(options, { runId: written.run.id, conversationId: id, siteId, ownerId }, charge);
  return reply.message;
}

/** What a run has used whose writer died; undefined when nothing was reserved for it. */
async function chargeOf(
  { store }: RecoveryOptions,
  id: ConversationId,
  { run, parts }: Message,
): Promise<Charge | undefined> {
  const reservation = run && (await store.spending.readReservation(id, run.id));
  return reservation && chargeOfDeadRun(reservation.note, parts);
}

/** The stored message, extended by the events that are still in the log beyond its last checkpoint. */
function withLoggedEvents(id: ConversationId, events: readonly LoggedEvent[], message: Message): Message {
  const stored = { ...emptyConversation(id, 0), messages: [message] };
  return events.reduce(fold, stored).messages.find((one) => one.id === message.id) ?? message;
}
