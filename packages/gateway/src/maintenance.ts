/** The periodic tasks of a gateway: closing abandoned replies, erasing what is old, deleting idempotency keys and files that were never sent. */
import { type Clock, describeCause, type Limits, type Logger, type Timer } from './base/index.ts';
import { dayOf } from './budgets/budgets.ts';
import type { FileStore } from './files/file-store.ts';
import { eraseRemains, type ErasureOptions } from './conversations/erasure.ts';
import type { Retention } from './conversations/retention.ts';
import type { KnowledgeRefresh } from './knowledge-refresh.ts';
import type { Revocations } from './access/revocations.ts';
import type { Recovery } from './runs/recovery.ts';
import type { SiteUpdates } from './site-updates.ts';

/** What the periodic tasks need. */
export interface MaintenanceOptions extends ErasureOptions {
  retention: Retention;
  knowledge: KnowledgeRefresh;
  /** Undefined when this gateway accepts no files. */
  files: FileStore | undefined;
  recovery: Recovery;
  revocations: Pick<Revocations, 'refresh' | 'sweep'>;
  siteUpdates: Pick<SiteUpdates, 'refresh'>;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

/** How often expired keys and files are deleted. Their lifetime is a day, so an hour more or less does not matter. */
const CLEANUP_INTERVAL_MS = 60 * 60_000;
/** How often a gateway looks whether a site is due. It is due once a day, so that most of the time nothing is done. */
const RETENTION_INTERVAL_MS = 10 * 60_000;
/** A client that returns later than this creates a new id anyway. @see PROTOCOL.md §8 */
const KEY_LIFETIME_MS = 24 * 60 * 60_000;
/** A file that was uploaded and not sent within a day is never sent: the page that uploaded it is gone. */
const UNUSED_FILE_LIFETIME_MS = 24 * 60 * 60_000;

/** A run that was accepted yesterday may still be counted. After that nobody needs what a visitor has used. */
const SPENT_DAYS = 1;

/** Starts the tasks; the first run of each is one interval from now. @returns a function that stops them */
export function startMaintenance(options: MaintenanceOptions): () => void {
  const { store, files, recovery, retention, revocations, siteUpdates, clock, limits, logger } = options;
  const stops = [
    repeat(
      clock,
      () => spread(limits.sweepMs),
      () => report(logger, 'sweep', recovery.sweep()),
    ),
    // A broadcast may be lost: the store is read again.
    repeat(clock, limits.sweepMs, () => report(logger, 'read-revocations', revocations.refresh())),
    repeat(clock, limits.sweepMs, () => report(logger, 'read-switches', siteUpdates.refresh())),
    repeat(clock, CLEANUP_INTERVAL_MS, () => report(logger, 'sweep-revocations', revocations.sweep())),
    repeat(clock, RETENTION_INTERVAL_MS, () => report(logger, 'retention', retention.run())),
    repeat(clock, RETENTION_INTERVAL_MS, () => report(logger, 'refresh-documents', options.knowledge.run())),
    repeat(clock, CLEANUP_INTERVAL_MS, () => report(logger, 'erase-remains', eraseRemains(options))),
    repeat(clock, CLEANUP_INTERVAL_MS, () =>
      report(logger, 'forget-keys', store.forgetKeys(clock.now() - KEY_LIFETIME_MS)),
    ),
    repeat(clock, CLEANUP_INTERVAL_MS, () =>
      report(logger, 'forget-spent', store.spending.forgetSpent(dayOf(clock.now()) - SPENT_DAYS)),
    ),
    ...(files === undefined
      ? []
      : [
          repeat(clock, CLEANUP_INTERVAL_MS, () =>
            report(logger, 'sweep-files', files.sweep(clock.now() - UNUSED_FILE_LIFETIME_MS)),
          ),
        ]),
  ];
  return () => {
    for (const stop of stops) stop();
    options.knowledge.close();
  };
}

/** Gateways that started together do not all ask at the same moment. */
const spread = (intervalMs: number): number => intervalMs * (0.9 + Math.random() / 5);

/** Runs never overlap: the next one starts `intervalMs` after the previous one has ended. `task` must not reject. */
function repeat(clock: Clock, intervalMs: number | (() => number), task: () => Promise<void>): () => void {
  let isStopped = false;
  let timer: Timer;
  const arm = () => {
    timer = clock.after(typeof intervalMs === 'number' ? intervalMs : intervalMs(), () => {
      void task().then(() => {
        if (!isStopped) arm();
      });
    });
  };
  arm();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}

/** Logs a failure; the next run tries again. */
async function report(logger: Logger, task: string, result: Promise<unknown>): Promise<void> {
  try {
    await result;
  } catch (error) {
    logger.error(
      { task, ...describeCause(error) },
      'a maintenance task failed; it runs again after its interval',
    );
  }
}
