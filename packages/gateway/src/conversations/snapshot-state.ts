/** Computes the state of a conversation at the head of its event log from the stored messages and the kept events. Pure. */
import {
  fold,
  splitPartId,
  type Conversation,
  type LoggedEvent,
  type Message,
  type RunId,
} from '@rivulet/protocol';

/**
 * The state that the snapshot of a viewer at the head of the log has. The store includes every event that the log has dropped, and
 * it may be ahead of the log: an end is stored before it is logged, and a checkpoint may hold text that has not reached a log in
 * another process. So an answer whose events are all kept is computed from the log alone, and two viewers at one position have
 * the same state (invariant 5). Other answers start from their stored state; folding skips what that state includes already.
 */
export function stateAt(stored: Conversation, kept: readonly LoggedEvent[]): Conversation {
  const startedRunIds = new Set(kept.flatMap((event) => (event.type === 'run-started' ? [event.runId] : [])));
  const messages =
    startedRunIds.size === 0
      ? stored.messages
      : stored.messages.map((one) => resetToStart(one, startedRunIds, kept));
  return kept.reduce(fold, { ...stored, messages });
}

/** The message as it was when its run started, if the log keeps all events since; otherwise the message as stored. */
function resetToStart(
  message: Message,
  startedRunIds: ReadonlySet<RunId>,
  kept: readonly LoggedEvent[],
): Message {
  const { run } = message;
  if (run === undefined || !startedRunIds.has(run.id) || !isFullyLogged(message, kept)) return message;
  return { ...message, parts: [], run: { id: run.id, state: 'running', startedAtMs: run.startedAtMs } };
}

/**
 * Whether the log keeps all content of the message. A `run-started` event does not prove it, because it may be logged again after
 * the first content was dropped: the first kept content event decides.
 */
function isFullyLogged({ id, parts }: Message, kept: readonly LoggedEvent[]): boolean {
  for (const event of kept) {
    if (event.type === 'message-updated' && event.messageId === id) return true;
    if (!('partId' in event) || !event.partId.startsWith(id)) continue;
    const { messageId, index } = splitPartId(event.partId);
    if (messageId === id) return event.type === 'part-started' && index === 0;
  }
  return parts.length === 0;
}
