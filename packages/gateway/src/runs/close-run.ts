/** Closes one dead run: ends its reply as `interrupted` with the text that was saved or logged, and logs the end. */
import {
  ChatError,
  emptyConversation,
  fold,
  type ConversationId,
  type LoggedEvent,
  type Message,
} from '@rivulet/protocol';
import type { Metrics } from '../base/index.ts';
import { amountOf, chargeOfDeadRun, modelOfDeadRun, type Charge } from '../budgets/run-charge.ts';
import { isAnsweredByAi } from '../conversations/desk-message.ts';
import { runEventsOf } from '../conversations/run-events.ts';
import type { Lease } from '../event-logs/event-log.ts';
import type { Standing, UnsettledMessage } from '../stores/store.ts';
import type { TimedLease } from './held-lease.ts';
import { Reply } from './reply.ts';
import { restartRun, type RestartOptions } from './restart-run.ts';
import { attemptIn } from './run-note.ts';
import { refOf } from './run-ref.ts';
import { recordCharge } from './run-report.ts';
import { factsOfDeadRun } from './facts-of-run.ts';
import { finishedEvent } from './finish-run.ts';

/** What closing needs. */
export interface CloseOptions extends RestartOptions {
  metrics: Metrics;
}

/** What became of a dead run. `handed-over`: it was started once more, and releases the lease at its end. */
export type Closed = 'closed' | 'handed-over';

/**
 * Closes a run, or starts it once more where its site says so. The writer of the run may have crashed, or lost the log, between any two
 * steps, so what is stored may never have been logged. Therefore the whole answer is logged again; it does not change the state of
 * viewers that have it already.
 * @param acquired the lease of the conversation
 */
export async function closeRun(
  options: CloseOptions,
  { conversationId, messageId }: UnsettledMessage,
  acquired: TimedLease,
): Promise<Closed> {
  const { store, eventLog, runs } = options;
  const standing = await store.readStanding(conversationId, messageId);
  // A body that is no message at all: nobody can read it, and it would count as a running reply for ever.
  if (standing !== undefined && standing.named === undefined)
    await store.removeMessage(conversationId, messageId);
  const { message: stored } = standing?.named ?? {};
  // Its writer was alive: it was accepted a moment ago, or is being ended.
  if (standing === undefined || stored?.run === undefined || runs.has(stored.run.id)) return 'closed';
  const { events } = await eventLog.read(conversationId);
  if (stored.run.state !== 'running') {
    await logEnd(options, { standing, answer: stored, events }, acquired.lease);
    return 'closed';
  }
  const written = withLoggedEvents(conversationId, events, stored);
  const dead = { standing, written, runId: stored.run.id, events };
  const restarted = await restartRun(options, dead, acquired);
  if (restarted !== undefined) return restarted === 'handed-over' ? restarted : 'closed';
  const answer = await endDeadRun(options, standing, written);
  if (answer !== undefined) await logEnd(options, { standing, answer, events }, acquired.lease);
  return 'closed';
}

interface EndedAnswer {
  standing: Standing;
  answer: Message;
  events: readonly LoggedEvent[];
}

/** Logs the end of a run that the store has, unless it is in the log. */
async function logEnd(
  { store, eventLog }: CloseOptions,
  { standing, answer, events }: EndedAnswer,
  lease: Lease,
): Promise<void> {
  const { id } = standing.record;
  const isLogged = events.some((event) => event.type === 'run-finished' && event.runId === answer.run?.id);
  if (!isLogged) await eventLog.append(id, runEventsOf(standing.named?.parent, answer), { lease });
  await store.settleRun(id, answer.id);
}

/** @returns the finished message; undefined when its own writer was alive and ended the run first. */
async function endDeadRun(
  options: CloseOptions,
  { record, named }: Standing,
  written: Message,
): Promise<Message | undefined> {
  const { store, clock, runs } = options;
  const { id, siteId, ownerId } = record;
  const reply = new Reply(id, written);
  // A stop that came when the writer was gone already.
  const wasAborted = written.run !== undefined && runs.wasAborted(written.run.id);
  const isStopped = wasAborted || !isAnsweredByAi(record);
  const ref = written.run && refOf(written.run.id);
  const interrupted = { reason: 'interrupted', error: new ChatError('interrupted', { ref }) } as const;
  const end = isStopped ? ({ reason: 'aborted' } as const) : interrupted;
  reply.fold(finishedEvent(written, end, clock.now()));
  const { charge, model } = await usedByDeadRun(options, id, written);
  const attempts = attemptIn(named?.note);
  const facts = factsOfDeadRun({ message: reply.message, end, charge, model, attempts });
  const kept = {
    ...(charge === undefined ? {} : { spent: amountOf(charge) }),
    ...(facts === undefined ? {} : { facts }),
  };
  if (!(await store.endRun(id, { ...reply.message, ...kept }, clock.now()))) return undefined;
  if (charge !== undefined && written.run !== undefined)
    recordCharge(options, { runId: written.run.id, conversationId: id, siteId, ownerId }, charge);
  return reply.message;
}

/** What a run has used whose writer died, and of which model; undefined when nothing was reserved for it. */
async function usedByDeadRun(
  { store }: CloseOptions,
  id: ConversationId,
  { run, parts }: Message,
): Promise<{ charge: Charge | undefined; model: string | undefined }> {
  const reservation = run && (await store.spending.readReservation(id, run.id));
  const charge = reservation && chargeOfDeadRun(reservation.note, parts);
  return { charge, model: reservation && modelOfDeadRun(reservation.note) };
}

/** The stored message, extended by the events that are still in the log beyond its last checkpoint. */
function withLoggedEvents(id: ConversationId, events: readonly LoggedEvent[], message: Message): Message {
  const stored = { ...emptyConversation(id, 0), messages: [message] };
  return events.reduce(fold, stored).messages.find((one) => one.id === message.id) ?? message;
}
