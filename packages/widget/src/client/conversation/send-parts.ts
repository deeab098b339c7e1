/** Sends a message to the conversation on screen. */
import { mintMessageId, type MessageId, type UserPart } from '@rivulet/protocol';
import type { SendOptions } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';

/** Adds the message to the outbox. Resolves when the gateway has accepted it. @throws {ChatError} see `Chat.sendMessage` */
export async function sendParts(
  { environment, outbox, current }: ChatSession,
  parts: UserPart[],
  { parentId, when }: SendOptions,
): Promise<{ messageId: MessageId }> {
  const message = {
    conversationId: current.id,
    messageId: mintMessageId(environment.random),
    parts,
    // What a queued message follows is not known yet: the newest message then.
    ...(parentId === undefined || when === 'queued' ? {} : { parentId }),
  };
  const { messageId } = await outbox.add(message, when);
  return { messageId };
}
