/** Which runs live in this process: waited for their turn, started, aborted by id, waited for when the gateway leaves. */
import type { ConversationId, RunId } from '@rivulet/protocol';
import { noticeAbandonment } from './abandonment.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { AbortBroadcast } from '../event-logs/event-log.ts';
import { describeCause } from '../base/log-error.ts';
import type { Presence } from '../conversations/presence.ts';
import { executeRun, INTERRUPTED, TAKEN_OVER, type RunOptions } from './run.ts';
import { abandonAfterMsOf, type Sites } from '../sites/sites.ts';
import { waitInRunQueue, keepLease } from './run-queue.ts';

export interface Runs {
  /** Begins to write as soon as it is its turn; returns at once. */
  start(run: AcceptedRun): void;
  /** Ends the run if it lives here, or will: what lives elsewhere is ended there, for the note reaches every gateway. */
  abort(broadcastMessage: AbortBroadcast): void;
  has(runId: RunId): boolean;
  /** Resolves when no run is left; after `limitMs` those that are get `interrupted`. */
  drain(limitMs: number): Promise<void>;
}

interface LiveRun {
  run: AcceptedRun;
  controller: AbortController;
  done: Promise<void>;
  /** Nobody needs to watch it any more. */
  stopNoticing: () => void;
}

export interface RunsOptions extends RunOptions {
  sites: Sites;
  presence: Presence;
}

/** Of all gateways, in the milliseconds between a store and a start. */
const MAX_STOPPED = 1_000;

export function createRuns(options: RunsOptions): Runs {
  const live = new Map<RunId, LiveRun>();
  /** The last run of each conversation that this gateway took: the next one waits for it without asking. */
  const tails = new Map<ConversationId, Promise<void>>();
  /** Runs of the last notes: one that is on disk already can be stopped before it is started here. */
  const stopped = new Set<RunId>();

  return {
    has: (runId) => live.has(runId),
    start(run) {
      if (live.has(run.runId)) return;
      const { conversationId, runId } = run;
      const controller = new AbortController();
      const before = tails.get(conversationId);
      const stopNoticing = abortWhenAbandoned(options, run, controller);
      const done = play(options, { run, controller, before }).finally(() => {
        stopNoticing();
        live.delete(runId);
        if (tails.get(conversationId) === done) tails.delete(conversationId);
        options.metrics.runsActive.set(live.size);
      });
      tails.set(conversationId, done);
      live.set(runId, { run, controller, done, stopNoticing });
      options.metrics.runsActive.set(live.size);
      if (stopped.has(runId)) controller.abort();
    },
    abort({ runId }) {
      live.get(runId)?.controller.abort();
      stopped.add(runId);
      const [oldest] = stopped;
      if (stopped.size > MAX_STOPPED && oldest !== undefined) stopped.delete(oldest);
    },
    async drain(limitMs) {
      // Its viewers leave because they were told to.
      for (const { stopNoticing } of live.values()) stopNoticing();
      const timer = options.clock.after(limitMs, () => {
        for (const { controller } of live.values()) controller.abort(INTERRUPTED);
      });
      await Promise.all([...live.values()].map(({ done }) => done));
      timer.cancel();
    },
  };
}

/** From the acceptance on, also while it waits for its turn. @returns the way to stop */
function abortWhenAbandoned(
  options: RunsOptions,
  { conversationId, runId, siteId }: AcceptedRun,
  controller: AbortController,
): () => void {
  const afterMs = abandonAfterMsOf(options.sites.find(siteId));
  if (afterMs === undefined) return () => undefined;
  return noticeAbandonment(options, { conversationId, afterMs }, () => {
    options.logger.info({ conversationId, runId, afterMs }, 'a reply is stopped: nobody watches it');
    controller.abort();
  });
}

interface Played {
  run: AcceptedRun;
  controller: AbortController;
  before: Promise<void> | undefined;
}

/** Never rejects. A run that is stopped while it waits is ended at once, not when its turn comes. */
async function play(options: RunsOptions, { run, controller, before }: Played): Promise<void> {
  const { signal } = controller;
  const { logger, sites } = options;
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  try {
    await Promise.race([before, aborted]);
    const lease = await waitInRunQueue(options, run, signal);
    if (lease === 'over') return;
    const stopKeeping =
      lease === undefined
        ? undefined
        : keepLease(options, lease, () => {
            controller.abort(TAKEN_OVER);
          });
    await executeRun(options, { ...run, site: sites.find(run.siteId), lease }, controller);
    stopKeeping?.();
    await lease?.release();
  } catch (error) {
    // The log or the store is away. The run stays unfinished in the store, and is closed when they are back.
    logger.error({ runId: run.runId, ...describeCause(error) }, 'a run could not be played');
  }
}
