/** After a crash: replies that nobody writes any more are closed as `interrupted`, their text kept. */
import { ChatError } from '@rivulet/protocol';
import type { Clock } from './clock.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { Logger } from './logger.ts';
import { Reply } from './reply.ts';
import { finishedEvent } from './run.ts';
import type { Store } from './stores/store.ts';

export interface RecoveryOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
  logger: Logger;
}

/** Long enough to close one run. */
const LEASE_MS = 10_000;

/** Closes every run in the store that no living gateway holds. Call it before the first client comes. @returns how many. */
export async function closeInterruptedRuns({
  store,
  eventLog,
  clock,
  logger,
}: RecoveryOptions): Promise<number> {
  let closed = 0;
  for (const { conversationId, message } of await store.listRunning()) {
    const lease = await eventLog.acquireLease(conversationId, LEASE_MS);
    if (lease === undefined) continue; // another gateway is writing it
    const reply = new Reply(conversationId, message);
    const event = finishedEvent(
      message,
      { reason: 'interrupted', error: new ChatError('interrupted') },
      clock.now(),
    );
    reply.fold(event);
    await store.putMessages(conversationId, [reply.message], clock.now());
    await eventLog.append(conversationId, [event], { lease });
    await lease.release();
    closed += 1;
  }
  if (closed > 0) logger.warn({ closed }, 'closed replies that a crash had interrupted');
  return closed;
}
