/** The runs of this gateway: queues them per conversation, executes them, aborts them by id, and drains them at shutdown. */
import type { ConversationId, RunId } from '@rivulet/protocol';
import { watchForAbandonment } from './abandonment.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { AbortBroadcast } from '../event-logs/event-log.ts';
import { describeCause } from '../base/index.ts';
import type { Presence } from '../conversations/presence.ts';
import { HANDED_OVER, INTERRUPTED, TAKEN_OVER } from './abort-reasons.ts';
import { executeRun, type RunOptions } from './run.ts';
import { createRunDesk, type RunDeskOptions } from './run-desk.ts';
import { refOf } from './run-ref.ts';
import type { RunToStart } from './started-run.ts';
import { noteOf, savedNote } from './run-note.ts';
import { disabledError } from '../sites/disabled.ts';
import { createLearnedRefusals } from '../providers/learned-refusals.ts';
import type { SecretMask } from '../providers/secret-mask.ts';
import { abandonAfterMsOf, isTakenOver, type Sites } from '../sites/sites.ts';
import { createLearnedBudgets } from './tool-loop/learned-budgets.ts';
import { createRefusedFiles } from './tool-loop/refused-files.ts';
import { holdLease, type TimedLease } from './held-lease.ts';
import { waitInRunQueue } from './run-queue.ts';
import type { Tracing } from '../telemetry/open-tracing.ts';
import { withTrace } from './traced-run.ts';

/** The runs that this gateway has accepted and not finished yet. */
export interface Runs {
  /**
   * Queues a run behind the unfinished runs of its conversation and executes it when it is next. Returns at once; does nothing
   * when the run is known already.
   * @param acquired the lease of the conversation, when the run is next. It is released at the end of the run.
   */
  start(run: RunToStart, acquired?: TimedLease): void;
  /**
   * Handles an abort message: aborts the run if this gateway executes it, queues it, or starts it later. The message reaches
   * every gateway, so a run of another gateway is aborted there.
   */
  abort(broadcastMessage: AbortBroadcast): void;
  /** Whether an abort message for the run has come. */
  wasAborted(runId: RunId): boolean;
  /** The sites were replaced, or one was switched: ends the runs of those that are off. */
  followSites(): void;
  /** Whether this gateway executes the run or has it in its queue. */
  has(runId: RunId): boolean;
  /**
   * Resolves when all runs have ended. Those that still run after `limitMs` are ended as `interrupted`, or left to another gateway where
   * their site says `restart` or `reattach`.
   */
  drain(limitMs: number): Promise<void>;
}

interface LiveRun {
  run: RunToStart;
  controller: AbortController;
  done: Promise<void>;
  /** Stops the detection of abandonment. */
  stopWatching: () => void;
}

/** What the runs of a gateway need, beyond what one run needs. */
export interface RunsOptions
  extends
    Omit<RunOptions, 'refusedFiles' | 'refusedTools' | 'learnedBudgets' | 'mask' | 'mintRef'>,
    RunDeskOptions {
  store: RunOptions['store'];
  /** Gives the mask for a run that begins now: secrets may be added meanwhile. */
  currentMask: () => SecretMask;
  sites: Pick<Sites, 'has' | 'find'>;
  /** Absent: nothing is traced. */
  tracing?: Tracing | undefined;
  /** Says whether a conversation has viewers, for sites that abandon unwatched replies. */
  presence: Presence;
}

/** How long a shutdown waits for a store that does not write. */
const HAND_OVER_MS = 2_000;
/** An abort has to be remembered only for the milliseconds between the store and the start of its run, on all gateways. */
const MAX_REMEMBERED_ABORTS = 1_000;

/** Creates the runs of one gateway. */
export function createRuns(given: RunsOptions): Runs {
  const memories = createMemories(given);
  const options: RunsOptions & typeof memories = { ...given, ...memories };
  const live = new Map<RunId, LiveRun>();
  /** The end of the last run that this gateway accepted for each conversation: the next one waits for it without polling. */
  const tails = new Map<ConversationId, Promise<void>>();
  /** The runs of the most recent abort messages: a run that is in the store can be aborted before it is started here. */
  const abortedRunIds = new Set<RunId>();

  return {
    has: (runId) => live.has(runId),
    wasAborted: (runId) => abortedRunIds.has(runId),
    start(given, acquired) {
      if (live.has(given.runId)) return;
      const run = { ...withTrace(options.tracing, given), desk: createRunDesk(options, given) };
      const { conversationId, runId } = run;
      const controller = new AbortController();
      // A run that is started once more is older than those that were accepted meanwhile: they wait for it, and never it for them.
      const previousRun = run.earlier === undefined ? tails.get(conversationId) : undefined;
      const stopWatching = abortWhenAbandoned(options, run, controller);
      const done = executeInOrder(options, { run, controller, previousRun, acquired }).finally(() => {
        stopWatching();
        run.onEnd?.();
        run.trace?.end({ reason: 'left' }); // unless its end was written here
        live.delete(runId);
        options.metrics.figures.change(run.siteId, 'active-runs', -1);
        if (tails.get(conversationId) === done) tails.delete(conversationId);
        options.metrics.runsActive.set(live.size);
      });
      tails.set(conversationId, done);
      live.set(runId, { run, controller, done, stopWatching });
      options.metrics.figures.change(run.siteId, 'active-runs', 1);
      whenStarted(options, run, controller);
      options.metrics.runsActive.set(live.size);
      if (abortedRunIds.has(runId)) controller.abort();
      // The site may have been switched off while the message was stored.
      endWhenDisabled(options.sites, { run, controller });
    },
    followSites() {
      for (const each of live.values()) endWhenDisabled(options.sites, each);
    },
    abort({ runId }) {
      live.get(runId)?.controller.abort();
      abortedRunIds.add(runId);
      const [oldest] = abortedRunIds;
      if (abortedRunIds.size > MAX_REMEMBERED_ABORTS && oldest !== undefined) abortedRunIds.delete(oldest);
    },
    async drain(limitMs) {
      await drainAll(options, live, limitMs);
    },
  };
}

/** What the runs of a gateway learn of its upstreams. */
const createMemories = ({ clock }: RunsOptions) => ({
  refusedFiles: createRefusedFiles({ clock }),
  refusedTools: createLearnedRefusals(clock),
  learnedBudgets: createLearnedBudgets({ clock }),
});

async function drainAll(
  { clock }: RunsOptions,
  live: ReadonlyMap<RunId, LiveRun>,
  limitMs: number,
): Promise<void> {
  // A draining gateway disconnects its viewers itself, so their absence does not mean that a reply is abandoned.
  for (const { stopWatching } of live.values()) stopWatching();
  const timer = clock.after(limitMs, () => {
    for (const { controller, run } of live.values())
      controller.abort(isTakenOver(run.site) ? HANDED_OVER : INTERRUPTED);
  });
  await Promise.all([...live.values()].map(({ done }) => done));
  timer.cancel();
}

/** Keeps what whoever takes the run over has to know, when its message is in the store. A restarted run has its note already. */
function whenStarted({ checkpoints }: RunsOptions, run: RunToStart, controller: AbortController): void {
  const { conversationId, answer, site, earlier } = run;
  run.started.then(
    () => {
      if (earlier !== undefined || !isTakenOver(site)) return;
      checkpoints.add({ conversationId, messageId: answer.id }, [savedNote(noteOf(run, 1))]);
    },
    (error: unknown) => {
      controller.abort(error);
    },
  );
}

/** The gateway that takes it over has the log as well, unless it is this one after its next start. */
async function handOver({ checkpoints, clock }: RunsOptions, { answer }: RunToStart): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<undefined>();
  const timer = clock.after(HAND_OVER_MS, () => {
    resolve(undefined);
  });
  await Promise.race([checkpoints.saved(answer.id), limit]);
  timer.cancel();
}

/** Does nothing for a site that is gone: its runs are finished. */
function endWhenDisabled(
  sites: RunsOptions['sites'],
  { run, controller }: Pick<LiveRun, 'run' | 'controller'>,
): void {
  if (!sites.has(run.siteId)) return;
  const error = disabledError(sites.find(run.siteId));
  if (error !== undefined) controller.abort(error);
}

/** Watches from the acceptance on, also while the run waits in the queue. @returns a function that stops the watch. */
function abortWhenAbandoned(
  options: RunsOptions,
  { conversationId, runId, site }: AcceptedRun,
  controller: AbortController,
): () => void {
  const afterMs = abandonAfterMsOf(site);
  if (afterMs === undefined) return () => undefined;
  return watchForAbandonment(options, { conversationId, afterMs }, () => {
    options.logger.info(
      { conversationId, runId, ref: refOf(runId), afterMs },
      'a reply is aborted: it has had no viewers',
    );
    controller.abort();
  });
}

interface QueuedRun {
  run: RunToStart;
  controller: AbortController;
  previousRun: Promise<void> | undefined;
  acquired: TimedLease | undefined;
}

/** Never rejects. A run that is aborted while it waits in the queue ends at once, not when it is next. */
async function executeInOrder(
  options: RunsOptions & Omit<RunOptions, 'mask' | 'mintRef'>,
  { run, controller, previousRun, acquired: given }: QueuedRun,
): Promise<void> {
  const { signal } = controller;
  const { logger } = options;
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  try {
    await Promise.race([previousRun, aborted]);
    const acquired = given ?? (await waitInRunQueue(options, run, signal));
    if (acquired === 'closed') return;
    const held =
      acquired &&
      holdLease(options, acquired, () => {
        controller.abort(TAKEN_OVER);
      });
    try {
      await executeRun({ ...options, mask: options.currentMask() }, { ...run, held }, controller);
    } finally {
      if (signal.reason === TAKEN_OVER) options.checkpoints.drop(run.answer.id);
      if (signal.reason === HANDED_OVER) await handOver(options, run);
      held?.stop();
      await held?.lease.release();
      // Whoever has taken it over tells the viewers.
      if (signal.reason !== TAKEN_OVER && signal.reason !== HANDED_OVER) run.desk?.end();
    }
  } catch (error) {
    // The event log or the store is unavailable. The run stays unfinished in the store until a recovery sweep closes it.
    logger.error(
      { runId: run.runId, ref: refOf(run.runId), ...describeCause(error) },
      'a run could not be started; a recovery sweep will close it when the event log and the store are available',
    );
  }
}
