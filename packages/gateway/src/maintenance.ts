/** What a gateway does by itself, now and then: closes replies whose writer died, forgets idempotency keys. */
import type { Clock, Timer } from './base/clock.ts';
import { describeCause } from './base/log-error.ts';
import type { FileStore } from './files/file-store.ts';
import type { Limits } from './base/limits.ts';
import type { Logger } from './base/logger.ts';
import type { Recovery } from './runs/recovery.ts';
import type { Store } from './stores/store.ts';

export interface MaintenanceOptions {
  store: Store;
  /** Absent: this gateway takes no files. */
  files: FileStore | undefined;
  recovery: Recovery;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

const FORGET_MS = 60 * 60_000;
/** A client that comes back later than this mints a new id anyway. @see PROTOCOL.md §8 */
const KEY_LIFETIME_MS = 24 * 60 * 60_000;
/** A file that was put and not sent by now will not be: its page is gone. */
const UNUSED_FILE_LIFETIME_MS = 24 * 60 * 60_000;

/** @returns the way to stop */
export function startMaintenance({
  store,
  files,
  recovery,
  clock,
  limits,
  logger,
}: MaintenanceOptions): () => void {
  const stops = [
    repeat(clock, limits.sweepMs, () => report(logger, 'sweep', recovery.sweep())),
    repeat(clock, FORGET_MS, () =>
      report(logger, 'forget-keys', store.forgetKeys(clock.now() - KEY_LIFETIME_MS)),
    ),
    ...(files === undefined
      ? []
      : [
          repeat(clock, FORGET_MS, () =>
            report(logger, 'sweep-files', files.sweep(clock.now() - UNUSED_FILE_LIFETIME_MS)),
          ),
        ]),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** One at a time: the next is due `periodMs` after the one before has ended. */
function repeat(clock: Clock, periodMs: number, work: () => Promise<void>): () => void {
  let isStopped = false;
  let timer: Timer;
  const arm = () => {
    timer = clock.after(periodMs, () => {
      void work().then(() => {
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

async function report(logger: Logger, chore: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    logger.error({ chore, ...describeCause(error) }, 'a chore failed; it is done again later');
  }
}
