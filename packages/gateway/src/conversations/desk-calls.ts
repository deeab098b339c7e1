/** Tool calls that wait for approval, decided about at the desk in the visitor's place. */
import { ChatError, type ConversationId, type ToolPart, type View } from '@rivulet/protocol';
import type { EventLog } from '../event-logs/event-log.ts';

/** What was decided about a call. */
export interface CallDecision {
  callId: string;
  decision: 'approve' | 'refuse';
}

/** What deciding needs. */
export interface DecideCallOptions {
  eventLog: EventLog;
  /** The state at the head of the log. */
  readView: (id: ConversationId) => Promise<View>;
}

/**
 * Tells the gateway whose run waits. The first decision counts, also when the visitor decides at the same moment.
 * @throws {ChatError} not-found; conflict when the call does not wait for a decision
 */
export async function decideCall(
  { eventLog, readView }: DecideCallOptions,
  conversationId: ConversationId,
  { callId, decision }: CallDecision,
): Promise<void> {
  const { conversation } = await readView(conversationId);
  const isCall = (part: { type: string }): part is ToolPart =>
    part.type === 'tool' && 'callId' in part && part.callId === callId;
  const message = conversation.messages.findLast(({ parts }) => parts.some(isCall));
  const call = message?.parts.find(isCall);
  if (call === undefined) throw new ChatError('not-found', { message: 'There is no such tool call.' });
  if (message?.run?.state !== 'running' || call.state !== 'approval-requested')
    throw new ChatError('conflict', { message: 'This tool call does not wait for a decision.' });
  await eventLog.broadcast({ kind: 'tool-approval', conversationId, callId, decision });
}
