/** A running reply in the store: what a kill -9 can lose is what came since the last checkpoint. */
import type { Clock, Timer } from '../base/clock.ts';
import { describeCause } from '../base/log-error.ts';
import type { Limits } from '../base/limits.ts';
import type { Logger } from '../base/logger.ts';
import type { Reply } from './reply.ts';
import type { Store } from '../stores/store.ts';

export interface CheckpointOptions {
  store: Store;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}

export interface Checkpoints {
  /** Something new is there: it will be in the store within `checkpointMs`. */
  touch(): void;
  stop(): void;
}

/** Writes the reply to the store at most `checkpointMs` after something was added to it. */
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
      logger.error({ conversationId: reply.conversationId, ...describeCause(error) }, 'checkpoint failed');
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
