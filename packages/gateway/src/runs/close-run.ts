/** Closes one dead run: ends its reply as `interrupted` with the text that was saved or logged, and logs the end. */
import {
  ChatError,
  emptyConversation,
  fold,
  type ConversationId,
  type LoggedEvent,
  type Message,
  type RunId,
} from '@rivulet/protocol';
import type { Clock, Logger, Metrics } from '../base/index.ts';
import { amountOf, chargeOfDeadRun, type Charge } from '../budgets/run-charge.ts';
import { runEventsOf } from '../conversations/run-events.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import type { ConversationRecord, Store, UnsettledMessage } from '../stores/store.ts';
import { Reply } from './reply.ts';
import { recordCharge } from './run-report.ts';
import { finishedEvent } from './run.ts';

/** What closing needs. */
export interface CloseOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Whether this gateway executes the run or has it in its queue. */
  isLive: (runId: RunId) => boolean;
}

/**
 * The writer of the run may have crashed, or lost the log, between any two steps, so what is stored may never have been logged.
 * Therefore the whole answer is logged again; it does not change the state of viewers that have it already.
 */
export async function closeRun(
  options: CloseOptions,
  { conversationId, messageId }: UnsettledMessage,
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
  options: CloseOptions,
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
  { store }: CloseOptions,
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
