/** Whose turn it is: one run of a conversation is written at a time, in the order of acceptance, by whichever gateway took it. */
import type { Clock, Timer } from '../base/clock.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import type { Limits } from '../base/limits.ts';
import type { Store } from '../stores/store.ts';

export interface RunQueueOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
  limits: Limits;
}

/** A lease outlives two renewals that got lost. */
const RENEWALS_PER_LEASE = 3;
/** How often a run asks again while another gateway writes. Waiting behind a run of its own gateway, it is told. */
const ASK_AGAIN_MS = 200;

/** @returns the lease; undefined when the signal aborted first, `over` when another gateway has closed the run */
export async function waitInRunQueue(
  options: RunQueueOptions,
  run: AcceptedRun,
  signal: AbortSignal,
): Promise<Lease | 'over' | undefined> {
  while (!signal.aborted) {
    const lease = await options.eventLog.acquireLease(run.conversationId, options.limits.leaseMs);
    const place = lease === undefined ? 'waiting' : await placeOf(options, run);
    if (place === 'next') return lease;
    await lease?.release();
    if (place === 'over') return 'over';
    await pause(options.clock, signal);
  }
  return undefined;
}

/** Of the conversation's unfinished runs, the one accepted first is next. */
async function placeOf(
  { store }: RunQueueOptions,
  { conversationId, runId }: AcceptedRun,
): Promise<'next' | 'waiting' | 'over'> {
  const messages = await store.readMessages(conversationId);
  const unfinished = messages.filter(({ run }) => run?.state === 'running');
  if (unfinished[0]?.run?.id === runId) return 'next';
  return unfinished.some(({ run }) => run?.id === runId) ? 'waiting' : 'over';
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ASK_AGAIN_MS, done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** Keeps a lease alive. @param onLost called once, when another holder has it. @returns the way to stop */
export function keepLease({ clock, limits }: RunQueueOptions, lease: Lease, onLost: () => void): () => void {
  let timer: Timer;
  const arm = () => {
    timer = clock.after(limits.leaseMs / RENEWALS_PER_LEASE, () => {
      // A log that cannot be reached now may be again before the lease ends; only its word that it was lost counts.
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
