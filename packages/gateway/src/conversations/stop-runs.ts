/** Stops runs that are written, or wait, on any gateway. */
import type { ConversationId, Message } from '@rivulet/protocol';
import type { EventLog } from '../event-logs/event-log.ts';

/** Those of these messages that are not over. Resolves when every gateway will hear of it. */
export async function stopRuns(
  eventLog: EventLog,
  conversationId: ConversationId,
  messages: readonly Message[],
): Promise<void> {
  for (const { run } of messages) {
    if (run?.state === 'running') await eventLog.broadcast({ kind: 'abort', conversationId, runId: run.id });
  }
}
