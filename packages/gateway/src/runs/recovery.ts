/** Recovery after a crash: finds replies that no gateway writes any more, and has them closed. */
import type { ConversationId, RunId } from '@rivulet/protocol';
import { describeCause, type KeyedMutex, type Limits } from '../base/index.ts';
import { isAnsweredByAi } from '../conversations/desk-message.ts';
import type { DeskForRuns } from '../conversations/desk.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { UnsettledMessage } from '../stores/store.ts';
import { closeRun, type CloseOptions } from './close-run.ts';
import { instantOf } from './held-lease.ts';

/** What recovery needs. */
export interface RecoveryOptions extends CloseOptions {
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  limits: Limits;
  /** Tells who has a conversation whose run asked for a person. */
  desk: Pick<DeskForRuns, 'announce'>;
}

/** Finds and closes dead runs. */
export interface Recovery {
  /** Looks once for unfinished replies that no gateway writes, and closes them. @returns the number of closed replies. */
  sweep(): Promise<number>;
}

/**
 * The conversations of other gateways whose lease one sweep asks for. It bounds what a sweep costs Redis; beyond it, the sweeps and the
 * gateways share them by chance.
 */
const MAX_PROBED = 2_000;
/** How many of them are asked for at once, in one round trip. */
const PROBED_AT_ONCE = 32;

/**
 * Creates the recovery of one gateway. A run may be accepted and not be executed yet, or wait on another gateway between two leases,
 * for 200 ms at most: it is dead when two sweeps in a row find it without a lease. So a run is closed `leaseMs` and two sweeps after its
 * gateway has renewed the lease last, at the latest. The first sweep of the only gateway of a store closes at once what an earlier
 * process has left.
 */
export function createRecovery(options: RecoveryOptions): Recovery {
  const { store, eventLog, logger, runs } = options;
  let suspects = new Set<RunId>();
  let isFirst = !eventLog.isShared;
  let wasAway = false;
  return {
    async sweep() {
      // While the log is away nobody can renew a lease, and the requests of this gateway must not come before the renewals.
      const isBack = wasAway;
      wasAway = await isAway(eventLog);
      if (wasAway || isBack) {
        suspects = new Set();
        return 0;
      }
      const unsettled = (await store.listUnsettled()).filter(({ runId }) => !runs.has(runId));
      const isDead = ({ runId }: UnsettledMessage) => isFirst || suspects.has(runId);
      const seen = new Set<RunId>();
      let closed = 0;
      await forEachOf(probedOf(unsettled, suspects), async (found) => {
        const outcome = await closeOrReport(options, found.filter(isDead), found[0].conversationId);
        if (outcome === 'leased') return;
        if (outcome === 'closed') closed += found.filter(isDead).length;
        for (const { runId } of found) seen.add(runId);
      });
      suspects = seen;
      isFirst = false;
      if (closed > 0)
        logger.warn({ closed }, 'closed, or asked again for, unfinished replies that no gateway was writing');
      return closed;
    },
  };
}

/** The log itself reports why. */
const isAway = (eventLog: EventLog): Promise<boolean> =>
  eventLog.check().then(
    () => false,
    () => true,
  );

/** The runs of one conversation, oldest first. */
type RunsOfOne = readonly [UnsettledMessage, ...UnsettledMessage[]];

/** By conversation: those with suspects, then others from a random one on. */
function probedOf(unsettled: readonly UnsettledMessage[], suspects: ReadonlySet<RunId>): RunsOfOne[] {
  const groups = new Map<ConversationId, [UnsettledMessage, ...UnsettledMessage[]]>();
  for (const run of unsettled) {
    const group = groups.get(run.conversationId);
    if (group === undefined) groups.set(run.conversationId, [run]);
    else group.push(run);
  }
  const all = [...groups.values()];
  if (all.length <= MAX_PROBED) return all;
  const start = Math.floor(Math.random() * all.length);
  const isSuspected = (runs: RunsOfOne) => runs.some(({ runId }) => suspects.has(runId));
  const turned = [...all.slice(start), ...all.slice(0, start)];
  const others = turned.filter((runs) => !isSuspected(runs));
  return [...turned.filter(isSuspected), ...others].slice(0, MAX_PROBED);
}

/** `work` must not reject. */
async function forEachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: PROBED_AT_ONCE }, worker));
}

/** A reply that cannot be closed must not keep the others from being closed, nor the gateway from starting. */
async function closeOrReport(
  options: RecoveryOptions,
  dead: readonly UnsettledMessage[],
  conversationId: ConversationId,
): Promise<'closed' | 'leased' | 'failed'> {
  try {
    return (await closeOrSuspect(options, dead, conversationId)) ? 'closed' : 'leased';
  } catch (error) {
    options.logger.error(
      { conversationId, ...describeCause(error) },
      'an unfinished reply could not be closed; the next sweep tries it again',
    );
    return 'failed';
  }
}

/** @returns false while another gateway holds the lease. */
async function closeOrSuspect(
  options: RecoveryOptions,
  dead: readonly UnsettledMessage[],
  conversationId: ConversationId,
): Promise<boolean> {
  const { eventLog, mutex, clock, limits } = options;
  const sentAt = instantOf(clock);
  const lease = await eventLog.acquireLease(conversationId, limits.leaseMs);
  if (lease === undefined) return false;
  let isHandedOver = false;
  try {
    for (const run of dead) {
      const outcome = await mutex.run(conversationId, () => closeRun(options, run, { lease, sentAt }));
      options.metrics.takeovers.inc({ outcome });
      isHandedOver ||= outcome === 'handed-over';
    }
  } finally {
    if (!isHandedOver) await lease.release();
  }
  if (dead.length > 0 && !isHandedOver) await announceLeft(options, conversationId);
  return true;
}

/**
 * A gateway that has died may have stored that a person has the conversation, or should, and not have logged it. Whoever took it over in
 * another way repeats the entry, which changes nothing. The announcement waits for other runs, and the sweep does not wait for it.
 */
async function announceLeft(
  { store, desk, logger }: RecoveryOptions,
  conversationId: ConversationId,
): Promise<void> {
  const record = await store.readConversation(conversationId);
  if (record === undefined || isAnsweredByAi(record)) return;
  desk.announce(conversationId).catch((error: unknown) => {
    logger.warn(
      { conversationId, ...describeCause(error) },
      'the owner of a conversation could not be announced',
    );
  });
}
