/** Asks anew in place of an earlier message of the visitor. */
import { mintMessageId, type MessageId, type UserPart } from '@rivulet/protocol';
import type { ChatSession } from './chat-session.ts';
import { editedParts } from './user-parts.ts';

/** @throws {ChatError} the gateway's refusal; not-found, bad-frame, too-large: it is not even asked */
export async function editMessage(
  session: ChatSession,
  replacesId: MessageId,
  content: string | readonly UserPart[],
): Promise<{ messageId: MessageId }> {
  const { current, environment, requests, awaited, source } = session;
  const parts = editedParts(session.find(replacesId), content);
  const messageId = mintMessageId(environment.random);
  const conversationId = current.id;
  const id = session.mintCommandId();
  const { runId } = await requests.ask({
    type: 'edit-message',
    id,
    conversationId,
    messageId,
    replacesId,
    parts,
  });
  const { conversation } = current;
  const isShown = conversation.messages.some(({ run }) => run?.id === runId);
  if (runId !== undefined && !isShown && conversation.id === conversationId) awaited.add(runId);
  source.changed();
  return { messageId };
}
