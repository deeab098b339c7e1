/** Asks anew in place of an earlier message of the visitor. */
import { ChatError, mintMessageId, type Message, type MessageId, type UserPart } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';
import { checkParts } from './user-parts.ts';

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

/**
 * A new version of a message of the visitor; a string stands for its text alone.
 * @throws {ChatError} not-found: nobody edits what another one wrote; and as `checkParts`
 */
function editedParts(edited: Message | undefined, content: string | readonly UserPart[]): UserPart[] {
  if (edited?.role !== 'user') throw new ChatError('not-found');
  if (typeof content !== 'string') return checkParts(content);
  const kept = edited.parts.filter((part) => part.type === 'file' || part.type === 'data');
  return checkParts(content === '' ? kept : [{ type: 'text', text: content }, ...kept]);
}
