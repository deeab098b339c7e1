/** Logs who owns a conversation, after the ends of the runs that were accepted before. */
import { ChatError, type ConversationId } from '@rivulet/protocol';
import type { Clock, KeyedMutex, Limits } from '../base/index.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import { NO_DESK, type DeskRecord } from '../stores/desk-store.ts';
import type { Standing, Store } from '../stores/store.ts';
import { stopRuns } from './stop-runs.ts';

/** What announcing needs. */
export interface AnnounceOptions {
  store: Store;
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  clock: Clock;
  limits: Pick<Limits, 'leaseMs' | 'sweepMs'>;
}

/** How often to look whether the stopped run has ended. A stop takes some milliseconds. */
const POLL_INTERVAL_MS = 25;
/** The sweeps until the run of a gateway that has died is closed: two that agree, and one that is under way. */
const SWEEPS = 3;

/**
 * Ends the runs, and logs the owner that the store has then. While that is not the model, the store accepts no run, so the runs only
 * become fewer. The entry is appended under the lease of the conversation and when no run is unfinished:
 *
 * - A run appends under the lease, and releases it after its end. Whoever has the lease comes after all that it has written.
 * - A gateway that was frozen while it wrote has lost the lease: the log refuses what it appends later.
 *
 * It may be called again: a repeated entry changes nothing.
 * @throws {ChatError} not-found; internal when a run did not end in time: the owner is stored, and to be announced again
 */
export async function announceOwner(options: AnnounceOptions, id: ConversationId): Promise<DeskRecord> {
  const { store, eventLog, clock, limits } = options;
  const untilMs = clock.now() + limits.leaseMs + SWEEPS * limits.sweepMs;
  await stopRuns(eventLog, id, answersOf(await readStanding(store, id)));
  for (;;) {
    const announced = await tryToAnnounce(options, id);
    if (announced !== undefined) return announced;
    if (clock.now() >= untilMs)
      throw new ChatError('internal', { message: 'The running answer has not ended yet; try again.' });
    await new Promise<void>((resolve) => void clock.after(POLL_INTERVAL_MS, resolve));
  }
}

/** @returns undefined while a run is unfinished, or somebody else has the lease */
async function tryToAnnounce(options: AnnounceOptions, id: ConversationId): Promise<DeskRecord | undefined> {
  const lease = await options.eventLog.acquireLease(id, options.limits.leaseMs);
  if (lease === undefined) return undefined;
  try {
    return await announceUnder(options, id, lease);
  } finally {
    await lease.release();
  }
}

/** @returns undefined while a run is unfinished */
function announceUnder(
  { store, eventLog, mutex }: AnnounceOptions,
  id: ConversationId,
  lease: Lease,
): Promise<DeskRecord | undefined> {
  return mutex.run(id, async () => {
    const standing = await readStanding(store, id);
    const { desk = NO_DESK } = standing.record;
    // It was given back meanwhile: that has been logged, and its runs are none of ours.
    if (desk.owner.kind === 'ai') return desk;
    if (standing.unfinished.length > 0) return undefined;
    await eventLog.append(id, [{ type: 'owner-changed', owner: desk.owner }], { lease });
    return desk;
  });
}

const answersOf = ({ record: { desk = NO_DESK }, unfinished }: Standing) =>
  desk.owner.kind === 'ai' ? [] : unfinished.map(({ answer }) => answer);

async function readStanding(store: Store, id: ConversationId): Promise<Standing> {
  const standing = await store.readStanding(id);
  if (standing === undefined) throw new ChatError('not-found');
  return standing;
}
