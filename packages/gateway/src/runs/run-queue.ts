/** The run queue: the runs of a conversation are executed one at a time, in the order of acceptance, on whichever gateway. */
import type { Clock, Limits } from '../base/index.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Store } from '../stores/store.ts';
import { instantOf, type TimedLease } from './held-lease.ts';

/** What the queue needs; `limits.leaseMs` is the duration of a lease. */
export interface RunQueueOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
  limits: Limits;
}

/** How often a run polls for the lease while another gateway holds it. A run behind one of the same gateway does not poll. */
const RETRY_INTERVAL_MS = 200;

/**
 * Waits until the run is the first unfinished one of its conversation and the lease on the conversation is free.
 * A run that was accepted into an idle conversation is first without another read.
 * @returns the lease, which the caller releases; undefined when the signal aborted first; `closed` when another gateway has
 *   ended the run.
 */
export async function waitInRunQueue(
  options: RunQueueOptions,
  run: AcceptedRun,
  signal: AbortSignal,
): Promise<TimedLease | 'closed' | undefined> {
  for (let isFirstAttempt = true; !signal.aborted; isFirstAttempt = false) {
    const sentAt = instantOf(options.clock);
    const lease = await options.eventLog.acquireLease(run.conversationId, options.limits.leaseMs);
    let position: QueuePosition = 'waiting';
    try {
      if (lease !== undefined)
        position = isFirstAttempt && isStillNext(options, run) ? 'next' : await queuePositionOf(options, run);
    } finally {
      if (position !== 'next') await lease?.release();
    }
    if (position === 'next' && lease !== undefined) return { lease, sentAt };
    if (position === 'closed') return 'closed';
    await pause(options.clock, signal);
  }
  return undefined;
}

/**
 * Whether a run that was accepted into an idle conversation must still be first. Another gateway may have closed one that was accepted
 * two sweeps ago and did not start, because this process was stopped.
 */
const isStillNext = ({ clock, limits }: RunQueueOptions, { isNext, answer }: AcceptedRun): boolean =>
  isNext && clock.now() - answer.createdAtMs < limits.sweepMs / 2;

type QueuePosition = 'next' | 'waiting' | 'closed';

/** The unfinished run that was accepted first is next. */
async function queuePositionOf(
  { store }: RunQueueOptions,
  { conversationId, runId }: AcceptedRun,
): Promise<QueuePosition> {
  const { unfinished = [] } = (await store.readStanding(conversationId)) ?? {};
  const place = unfinished.findIndex(({ answer }) => answer.run?.id === runId);
  if (place === 0) return 'next';
  return place > 0 ? 'waiting' : 'closed';
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(RETRY_INTERVAL_MS, done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
