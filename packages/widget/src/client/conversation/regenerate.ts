/** Requests another answer to the same message. */
import { mintRunId, type MessageId } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';

/** Resolves when the gateway has accepted the request. @throws {ChatError} the rejection of the gateway */
export async function regenerate(session: ChatSession, messageId: MessageId): Promise<void> {
  const { current, environment, requests, awaited, source, outbox } = session;
  const runId = mintRunId(environment.random);
  const id = session.mintCommandId();
  awaited.add(runId);
  source.changed();
  try {
    await requests.ask({ type: 'regenerate', id, conversationId: current.id, messageId, runId });
  } catch (error) {
    awaited.delete(runId);
    outbox.pump();
    source.changed();
    throw error;
  }
}
