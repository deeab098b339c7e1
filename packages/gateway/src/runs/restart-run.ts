/** Asks the upstream again for the answer of a dead run, where its site says so. */
import {
  ChatError,
  type LoggedEvent,
  type LoggedEventBody,
  type Message,
  type RunId,
} from '@rivulet/protocol';
import type { Budgets } from '../budgets/budgets.ts';
import { amountOf, chargeOfDeadRun, type Charge } from '../budgets/run-charge.ts';
import { startEvents } from '../conversations/run-events.ts';
import type { Logger } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { disabledError } from '../sites/disabled.ts';
import type { Site, Sites } from '../sites/sites.ts';
import { plus, type Reservation } from '../stores/spending.ts';
import type { Standing, Store } from '../stores/store.ts';
import type { TimedLease } from './held-lease.ts';
import { readRunNote, savedNote, type RunNote } from './run-note.ts';
import type { RunToStart } from './run.ts';
import type { Runs } from './runs.ts';

/** What restarting needs. */
export interface RestartOptions {
  store: Store;
  eventLog: EventLog;
  logger: Logger;
  sites: Pick<Sites, 'has' | 'find'>;
  budgets: Pick<Budgets, 'reservationOf'>;
  runs: Pick<Runs, 'has' | 'start' | 'wasAborted'>;
}

/** A dead run, as far as it is known. */
export interface DeadRun {
  standing: Standing;
  /** The answer with everything that was saved or logged. */
  written: Message;
  runId: RunId;
  /** What the log keeps of the conversation. */
  events: readonly LoggedEvent[];
}

/** The first attempt, and two after crashes: an answer that brings its gateway down must not do so for ever. */
const MAX_ATTEMPTS = 3;

/**
 * Starts a dead run once more, unless its site does not want it, or it must not be repeated: a tool may have run, the page may have
 * to perform tools, something was moderated away, the visitor has stopped it, a budget is used up, or it was started three times.
 * @param acquired the lease of the conversation. It is handed over when the run is the first one in its queue.
 * @returns `handed-over`, with the lease; `queued`; or undefined when the run is to be closed
 */
export async function restartRun(
  options: RestartOptions,
  dead: DeadRun,
  acquired: TimedLease,
): Promise<'handed-over' | 'queued' | undefined> {
  const { store, eventLog, runs, logger } = options;
  const { record, named, unfinished } = dead.standing;
  const { site, note } = restartableOf(options, dead) ?? {};
  const question = named?.parent;
  if (site === undefined || note === undefined || question === undefined) return undefined;
  const spent = await reserveAgain(options, dead, { site, note, question });
  if (spent === 'over-budget') return undefined;
  const next = { ...note, attempt: note.attempt + 1 };
  const answer: Message = { ...dead.written, parts: [] };
  const restarted = restartedEvent(dead.runId, next.attempt);
  const { id: conversationId, siteId, ownerId } = record;
  // Counted before it is asked, so that the next crash knows of it.
  const events = [restarted, savedNote(next)];
  await store.saveProgress([{ conversationId, messageId: answer.id, events }]);
  const waiting: LoggedEventBody = { type: 'run-waiting', runId: dead.runId, why: 'retry' };
  await eventLog.append(conversationId, [...startEvents(question, answer), restarted, waiting], {
    lease: acquired.lease,
  });
  const isFirst = unfinished[0]?.answer.id === answer.id;
  const principal = { id: ownerId, kind: note.principalKind, siteId };
  const run: RunToStart = {
    ...{ conversationId, siteId, ownerId, site, question, answer, principal, runId: dead.runId },
    reservation: spent.reservation,
    started: Promise.resolve(),
    isNext: false,
    kind: 'new',
    earlier: { attempts: note.attempt, charge: spent.charge },
  };
  logger.warn(
    { conversationId, runId: dead.runId, siteId, attempt: next.attempt },
    'the gateway of a reply is gone: its upstream is asked again',
  );
  runs.start(run, isFirst ? acquired : undefined);
  return isFirst ? 'handed-over' : 'queued';
}

/** The site and the note of a run that may be started once more. */
function restartableOf(
  { sites, runs }: RestartOptions,
  { standing, written, runId, events }: DeadRun,
): { site: Site; note: RunNote } | undefined {
  const { siteId } = standing.record;
  const site = sites.has(siteId) ? sites.find(siteId) : undefined;
  if (site?.whenInterrupted !== 'restart' || disabledError(site) !== undefined) return undefined;
  const note = readRunNote(standing.named?.note, site);
  if (note === undefined || note.hasClientTools || note.attempt >= MAX_ATTEMPTS) return undefined;
  const isWithdrawn = events.some(
    (event) => event.type === 'message-updated' && event.messageId === written.id && event.parts.length === 0,
  );
  const mayHaveActed = written.parts.some(({ type }) => type === 'tool');
  return isWithdrawn || mayHaveActed || runs.wasAborted(runId) ? undefined : { site, note };
}

/** Reserves the budget of another attempt beside what the earlier ones have used. */
async function reserveAgain(
  { store, budgets }: RestartOptions,
  { standing, written, runId }: DeadRun,
  { site, note, question }: { site: Site; note: RunNote; question: Message },
): Promise<{ charge: Charge | undefined; reservation: Reservation | undefined } | 'over-budget'> {
  const { id: conversationId, ownerId, siteId } = standing.record;
  const stored = await store.spending.readReservation(conversationId, runId);
  const charge = stored && chargeOfDeadRun(stored.note, written.parts);
  const principal = { id: ownerId, kind: note.principalKind, siteId };
  const isFirst = question.parentId === null;
  const fresh = budgets.reservationOf({ site, principal, question, isFirst });
  if (fresh === undefined || charge === undefined) return { charge, reservation: undefined };
  const amount = plus(amountOf(charge), fresh.amount);
  const change = { conversationId, runId, amount, limits: fresh.limits, note: { charge } };
  const outcome = await store.spending.reserve(change);
  return outcome === 'reserved' ? { charge, reservation: { ...fresh, amount } } : 'over-budget';
}

function restartedEvent(runId: RunId, attempt: number): LoggedEventBody {
  return { type: 'run-restarted', runId, attempt, why: new ChatError('interrupted').toBody() };
}
