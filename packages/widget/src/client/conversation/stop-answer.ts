/** Stops an answer: one that is running, was requested, or whose message was not sent yet. */
import { ChatError, runningMessages, type CommandOf, type RunId } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';

/**
 * Aborts the runs of the conversation on screen. Without a run it removes a message that was not sent, or waits until the gateway
 * has accepted a sent one and aborts its run.
 * @throws {ChatError} the rejection of the gateway
 */
export async function stopAnswer(session: ChatSession): Promise<void> {
  const { current, awaited, outbox } = session;
  const conversationId = current.id;
  const runIds = new Set<RunId>(awaited);
  for (const { run } of runningMessages(current.conversation)) if (run !== undefined) runIds.add(run.id);
  if (runIds.size > 0) {
    await Promise.all([...runIds].map((runId) => abort(session, { conversationId, runId })));
    return;
  }
  if (outbox.takeBack(conversationId) > 0) return;
  const inFlight = outbox.entries.findLast(
    ({ command, isQueued }) => command.conversationId === conversationId && !isQueued,
  );
  if (inFlight === undefined) return;
  // The gateway ignores the abort of a message that it does not have yet: wait until it has accepted the message.
  const accepted = await outbox.outcome(inFlight.command.messageId);
  if (accepted !== undefined)
    await abort(session, {
      conversationId,
      ...(accepted.runId === undefined ? accepted : { runId: accepted.runId }),
    });
}

async function abort(
  session: ChatSession,
  target: Omit<CommandOf<'abort-run'>, 'type' | 'id'>,
): Promise<void> {
  try {
    await session.requests.ask({ type: 'abort-run', id: session.mintCommandId(), ...target });
  } catch (error) {
    // not-found: the run has just ended. interrupted: the chat was closed. Either way nothing is running.
    if (!(error instanceof ChatError) || !['not-found', 'interrupted'].includes(error.code)) throw error;
  }
}
