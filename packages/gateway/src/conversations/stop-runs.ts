/** Aborts runs on whichever gateway they run or wait. */
import type { ConversationId, Message } from '@rivulet/protocol';
import type { EventLog } from '../event-logs/event-log.ts';

/** Aborts the unfinished runs among these messages. Resolves when the abort messages will reach every gateway. */
export async function stopRuns(
  eventLog: EventLog,
  conversationId: ConversationId,
  messages: readonly Message[],
): Promise<void> {
  for (const { run } of messages) {
    if (run?.state === 'running') await eventLog.broadcast({ kind: 'abort', conversationId, runId: run.id });
  }
}
