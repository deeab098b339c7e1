/** Takes a dead run over, where its site says so: goes on with what its upstream wrote meanwhile, or asks the upstream again. */
import {
  ChatError,
  type LoggedEvent,
  type LoggedEventBody,
  type Message,
  type RunId,
} from '@rivulet/protocol';
import type { Budgets } from '../budgets/budgets.ts';
import { amountOf, chargeOfDeadRun, endedChargeOf, type Charge } from '../budgets/run-charge.ts';
import { isAnsweredByAi } from '../conversations/desk-message.ts';
import { startEvents } from '../conversations/run-events.ts';
import type { Clock, Logger } from '../base/index.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import type { Provider } from '../providers/provider.ts';
import { disabledError } from '../sites/disabled.ts';
import { isTakenOver, type Site, type Sites } from '../sites/sites.ts';
import { plus, type Reservation } from '../stores/spending.ts';
import type { Standing, Store } from '../stores/store.ts';
import { cancelResponse, upstreamWith } from './background-response.ts';
import type { TimedLease } from './held-lease.ts';
import { refOf } from './run-ref.ts';
import { readRunNote, savedNote, type RunNote } from './run-note.ts';
import type { Reattached, RunToStart } from './started-run.ts';
import type { Runs } from './runs.ts';

/** What restarting needs. */
export interface RestartOptions {
  store: Store;
  eventLog: EventLog;
  logger: Logger;
  sites: Pick<Sites, 'has' | 'find'>;
  budgets: Pick<Budgets, 'reservationOf'>;
  runs: Pick<Runs, 'has' | 'start' | 'wasAborted'>;
  /** Of the gateway, for sites without their own. */
  provider: Provider;
  clock: Clock;
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

/** A dead run that may be started once more. */
interface Restartable {
  site: Site;
  note: RunNote;
  question: Message;
  /** What its upstream wrote meanwhile; undefined when the upstream is to be asked again. */
  reattached: Reattached | undefined;
}

/**
 * Starts a dead run once more, unless its site does not want it, or it must not be repeated: a tool may have run, the page may have
 * to perform tools, something was moderated away, the visitor has stopped it, a budget is used up, or it was started three times.
 * A response in the background with which no run goes on is cancelled.
 * @param acquired the lease of the conversation. It is handed over when the run is the first one in its queue.
 * @returns `handed-over`, with the lease; `queued`; or undefined when the run is to be closed
 */
export async function restartRun(
  options: RestartOptions,
  dead: DeadRun,
  acquired: TimedLease,
): Promise<'handed-over' | 'queued' | undefined> {
  const { runs, logger } = options;
  const { record, unfinished } = dead.standing;
  const restartable = await restartableOf(options, dead);
  const spent = restartable && (await reserveAgain(options, dead, restartable));
  if (restartable?.reattached === undefined || spent === 'over-budget') cancelLeft(options, dead);
  if (restartable === undefined || spent === undefined || spent === 'over-budget') return undefined;
  const { site, note, question, reattached } = restartable;
  const answer = await logRestart(options, { dead, restartable, lease: acquired.lease });
  const isFirst = unfinished[0]?.answer.id === answer.id;
  const { id: conversationId, siteId, ownerId } = record;
  const principal = { id: ownerId, kind: note.principalKind, siteId };
  const run: RunToStart = {
    ...{ conversationId, siteId, ownerId, site, question, answer, principal, runId: dead.runId },
    reservation: spent.reservation,
    started: Promise.resolve(),
    isNext: false,
    kind: 'new',
    earlier: { attempts: note.attempt, charge: spent.charge, reattached },
  };
  logger.warn(
    { conversationId, runId: dead.runId, ref: refOf(dead.runId), siteId, attempt: note.attempt + 1 },
    reattached === undefined
      ? 'the gateway of a reply is gone: its upstream is asked again'
      : 'the gateway of a reply is gone: its upstream went on, and is read again',
  );
  runs.start(run, isFirst ? acquired : undefined);
  return isFirst ? 'handed-over' : 'queued';
}

/**
 * Saves and logs that a run begins once more. One that goes on keeps its text: the store and the log are given all of it, because each
 * may have less than the other.
 * @returns the answer that the run begins with
 */
async function logRestart(
  { store, eventLog }: RestartOptions,
  { dead, restartable, lease }: { dead: DeadRun; restartable: Restartable; lease: Lease },
): Promise<Message> {
  const { written, runId } = dead;
  const { note, question, reattached } = restartable;
  const { id: conversationId } = dead.standing.record;
  const attempt = note.attempt + 1;
  const answer: Message = { ...written, parts: [] };
  const kept: LoggedEventBody = { type: 'message-updated', messageId: written.id, parts: written.parts };
  // A text that is empty would look as if it had been withdrawn.
  const goesOn = written.parts.length === 0 ? [] : [kept];
  const text = reattached === undefined ? [restartedEvent(runId, attempt)] : goesOn;
  const next = { ...note, attempt, response: reattached?.response };
  // Counted before it is asked, so that the next crash knows of it.
  await store.saveProgress([{ conversationId, messageId: answer.id, events: [...text, savedNote(next)] }]);
  const waiting: LoggedEventBody = { type: 'run-waiting', runId, why: 'retry' };
  await eventLog.append(conversationId, [...startEvents(question, answer), ...text, waiting], { lease });
  return answer;
}

/** Undefined when a run is to be closed. */
async function restartableOf(options: RestartOptions, dead: DeadRun): Promise<Restartable | undefined> {
  const { site, note } = notedOf(options, dead) ?? {};
  const question = dead.standing.named?.parent;
  if (site === undefined || note === undefined || question === undefined) return undefined;
  if (!isTakenOver(site) || !mayBeRepeated(options, dead, { site, note })) return undefined;
  const reattached = site.reattach === true ? await findReattached(options, dead, { site, note }) : undefined;
  if (reattached === undefined && site.whenInterrupted !== 'restart') return undefined;
  return { site, note, question, reattached };
}

/** The site and the note of a dead run. */
function notedOf(
  { sites }: RestartOptions,
  { standing }: DeadRun,
): { site: Site; note: RunNote } | undefined {
  const { siteId } = standing.record;
  const site = sites.has(siteId) ? sites.find(siteId) : undefined;
  const note = site && readRunNote(standing.named?.note, site);
  return site === undefined || note === undefined ? undefined : { site, note };
}

function mayBeRepeated(
  { runs }: RestartOptions,
  { standing, written, runId, events }: DeadRun,
  { site, note }: { site: Site; note: RunNote },
): boolean {
  if (disabledError(site) !== undefined || note.hasClientTools || note.attempt >= MAX_ATTEMPTS) return false;
  const isWithdrawn = events.some(
    (event) => event.type === 'message-updated' && event.messageId === written.id && event.parts.length === 0,
  );
  const mayHaveActed = written.parts.some(({ type }) => type === 'tool');
  const isStopped = runs.wasAborted(runId) || !isAnsweredByAi(standing.record);
  return !isWithdrawn && !mayHaveActed && !isStopped;
}

/** How long an upstream may take to say whether it has a response. The lease, of 9 s, is not renewed meanwhile. */
const FIND_MS = 3_000;

/** What the upstream of a dead run wrote meanwhile, if it still has it. */
async function findReattached(
  options: RestartOptions,
  { written }: DeadRun,
  { site, note: { response } }: { site: Site; note: RunNote },
): Promise<Reattached | undefined> {
  if (response === undefined) return undefined;
  const late = new AbortController();
  const timer = options.clock.after(FIND_MS, () => {
    late.abort();
  });
  const upstream = await upstreamWith(options, site, { response, signal: late.signal });
  timer.cancel();
  return upstream && { response, upstream, known: written };
}

/** Cancels what an upstream writes in the background for a run that does not go on with it. */
function cancelLeft(options: RestartOptions, dead: DeadRun): void {
  const { site, note } = notedOf(options, dead) ?? {};
  if (site !== undefined && note?.response !== undefined) cancelResponse(options, site, note.response);
}

/** Reserves the budget of another attempt beside what the earlier ones have used. One that goes on is the call that was reserved. */
async function reserveAgain(
  { store, budgets }: RestartOptions,
  { standing, written, runId }: DeadRun,
  { site, note, question, reattached }: Restartable,
): Promise<{ charge: Charge | undefined; reservation: Reservation | undefined } | 'over-budget'> {
  const { id: conversationId, ownerId, siteId } = standing.record;
  const stored = await store.spending.readReservation(conversationId, runId);
  const isSameCall = reattached !== undefined;
  const charge =
    stored && (isSameCall ? endedChargeOf(stored.note) : chargeOfDeadRun(stored.note, written.parts));
  const principal = { id: ownerId, kind: note.principalKind, siteId };
  const isFirst = question.parentId === null;
  const fresh = budgets.reservationOf({ site, principal, question, isFirst });
  if (fresh === undefined || stored === undefined || charge === undefined)
    return { charge, reservation: undefined };
  if (isSameCall) return { charge, reservation: { ...fresh, amount: stored.amount } };
  const amount = plus(amountOf(charge), fresh.amount);
  const change = { conversationId, runId, amount, limits: fresh.limits, note: { charge } };
  const outcome = await store.spending.reserve(change);
  return outcome === 'reserved' ? { charge, reservation: { ...fresh, amount } } : 'over-budget';
}

function restartedEvent(runId: RunId, attempt: number): LoggedEventBody {
  return { type: 'run-restarted', runId, attempt, why: new ChatError('interrupted').toBody() };
}
