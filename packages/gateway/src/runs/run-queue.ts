/** The run queue: the runs of a conversation are executed one at a time, in the order of acceptance, on whichever gateway. */
import type { Clock, Limits, Timer } from '../base/index.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import type { Store } from '../stores/store.ts';

/** What the queue needs; `limits.leaseMs` is the duration of a lease. */
export interface RunQueueOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
  limits: Limits;
}

/** A lease survives two lost renewals. */
const RENEWALS_PER_LEASE = 3;
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
): Promise<Lease | 'closed' | undefined> {
  for (let isFirstAttempt = true; !signal.aborted; isFirstAttempt = false) {
    const lease = await options.eventLog.acquireLease(run.conversationId, options.limits.leaseMs);
    let position: QueuePosition = 'waiting';
    try {
      if (lease !== undefined)
        position = isFirstAttempt && run.isNext ? 'next' : await queuePositionOf(options, run);
    } finally {
      if (position !== 'next') await lease?.release();
    }
    if (position === 'next') return lease;
    if (position === 'closed') return 'closed';
    await pause(options.clock, signal);
  }
  return undefined;
}

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

/**
 * Renews a lease at intervals until it is stopped.
 * @param onLost called when another gateway holds the lease; may be called again until the renewal is stopped.
 * @returns a function that stops the renewal. It does not release the lease.
 */
export function keepLease({ clock, limits }: RunQueueOptions, lease: Lease, onLost: () => void): () => void {
  let timer: Timer;
  const arm = () => {
    timer = clock.after(limits.leaseMs / RENEWALS_PER_LEASE, () => {
      // A failed renewal is ignored: the log may be reachable again before the lease expires. Only a refusal means it is lost.
      lease.renew(limits.leaseMs).then(
        (isHeld) => {
          if (!isHeld) onLost();
        },
        () => undefined,
      );
      arm();
    });
  };
  arm();
  return () => {
    timer.cancel();
  };
}
