/** Saves a running reply to the store at intervals. A crash (`kill -9`) loses only what was added since the last checkpoint. */
import { type Clock, describeCause, type Limits, type Logger, type Timer } from '../base/index.ts';
import type { Reply } from './reply.ts';
import type { Store } from '../stores/store.ts';

/** What checkpoints need; `limits.checkpointMs` is the interval. */
export interface CheckpointOptions {
  store: Store;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

/** The checkpoints of one run. */
export interface Checkpoints {
  /** Reports a change of the reply: it is saved within `checkpointMs`, together with later changes. */
  touch(): void;
  /** Cancels the next checkpoint. The caller saves the final state itself. */
  stop(): void;
}

/** Creates the checkpoints of one run. A save that fails is logged; the next change schedules another one. */
export function createCheckpoints(
  { clock, store, limits, logger }: CheckpointOptions,
  reply: Reply,
): Checkpoints {
  let timer: Timer | undefined;
  let isStopped = false;
  const save = () => {
    timer = undefined;
    if (isStopped) return;
    store.putMessages(reply.conversationId, [reply.message], clock.now()).catch((error: unknown) => {
      logger.error(
        { conversationId: reply.conversationId, ...describeCause(error) },
        'a checkpoint of a running reply could not be stored',
      );
    });
  };
  return {
    touch: () => (timer ??= clock.after(limits.checkpointMs, save)),
    stop: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
}
