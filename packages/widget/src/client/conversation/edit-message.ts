/** Sends a new version of an earlier message of the visitor. Loaded on demand. */
import { ChatError, mintMessageId, type Message, type MessageId, type UserPart } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';
import { checkParts } from './user-parts.ts';

/**
 * Sends `content` in place of the message `replacesId`. Resolves when the gateway has accepted it.
 * @returns the id of the new message
 * @throws {ChatError} the rejection of the gateway; or before anything is sent: not-found, bad-frame, too-large
 */
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
 * The parts of the new version. A string replaces the text and keeps files and data.
 * @throws {ChatError} not-found: the visitor has no such message; bad-frame, too-large: see `checkParts`
 */
function editedParts(edited: Message | undefined, content: string | readonly UserPart[]): UserPart[] {
  if (edited?.role !== 'user') throw new ChatError('not-found');
  if (typeof content !== 'string') return checkParts(content);
  const kept = edited.parts.filter((part) => part.type === 'file' || part.type === 'data');
  return checkParts(content === '' ? kept : [{ type: 'text', text: content }, ...kept]);
}
