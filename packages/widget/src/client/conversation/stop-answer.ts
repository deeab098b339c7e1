/** Ends what is being answered, at whichever point of its way it is. */
import { ChatError, runningMessages, type CommandOf, type RunId } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';

/** @throws {ChatError} the gateway's refusal */
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
  const onItsWay = outbox.entries.findLast(({ command }) => command.conversationId === conversationId);
  if (onItsWay === undefined) return;
  // An abort of a message that the gateway does not have would be lost: so first the one, then the other.
  const taken = await outbox.outcome(onItsWay.command.messageId);
  if (taken !== undefined)
    await abort(session, { conversationId, ...(taken.runId === undefined ? taken : { runId: taken.runId }) });
}

async function abort(session: ChatSession, what: Omit<CommandOf<'abort-run'>, 'type' | 'id'>): Promise<void> {
  try {
    await session.requests.ask({ type: 'abort-run', id: session.mintCommandId(), ...what });
  } catch (error) {
    // It ended by itself just now, or the chat did: what was asked for is so.
    if (!(error instanceof ChatError) || !['not-found', 'interrupted'].includes(error.code)) throw error;
  }
}
